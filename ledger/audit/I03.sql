-- All accounts together are zero: what the funds gave is in purses, owed to outlets (by families too), or back in the treasury
select format('funds gave Rp %s, families owe Rp %s, purses hold Rp %s, outlets are owed Rp %s, the treasury got Rp %s', fund, owed, purses, outlets, treasury)
  from (select coalesce(sum(case kind when 'D' then amount when 'C' then -amount end), 0) as fund,
               coalesce(sum(case kind when 'R' then amount when 'A' then amount when 'U' then -amount end), 0) as outlets,
               coalesce(sum(amount) filter (where kind in ('X', 'Y')), 0) as treasury,
               (select coalesce(sum(balance), 0) from bpnt.purse) as purses,
               (select coalesce(sum(r.owed), 0) from bpnt.receivable r) as owed
          from bpnt.posting) t
 where fund + owed <> purses + outlets + treasury
