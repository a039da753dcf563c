-- All accounts together are zero: what the funds gave is in purses, owed to outlets, or back in the treasury
select format('funds gave Rp %s, purses hold Rp %s, outlets are owed Rp %s, the treasury got Rp %s', fund, purses, outlets, treasury)
  from (select coalesce(sum(case kind when 'D' then amount when 'C' then -amount end), 0) as fund,
               coalesce(sum(case kind when 'R' then amount when 'U' then -amount end), 0) as outlets,
               coalesce(sum(case when kind in ('X', 'Y') then amount end), 0) as treasury,
               (select coalesce(sum(balance), 0) from bpnt.purse) as purses
          from bpnt.posting) t
 where fund <> purses + outlets + treasury
