-- All accounts together are zero: what the fund gave is in purses or owed to outlets
select format('fund gave Rp %s, purses hold Rp %s, outlets are owed Rp %s', fund, purses, outlets)
  from (select coalesce(sum(case when kind = 'D' then amount end), 0) as fund,
               coalesce(sum(case kind when 'R' then amount when 'U' then -amount end), 0) as outlets,
               (select coalesce(sum(balance), 0) from bpnt.purse) as purses
          from bpnt.posting) t
 where fund <> purses + outlets
