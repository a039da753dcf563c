-- No purse is below zero or above what was granted, and none gave an outlet more than was granted
select format('family %s, period %s: balance Rp %s of Rp %s', family, period, balance, granted)
  from bpnt.purse where balance < 0 or balance > granted
union all
select format('family %s, period %s: redeemed Rp %s of Rp %s', u.family, u.period, s.total, u.granted)
  from bpnt.purse u join (
    select bucket, case kind when 'R' then from_id else to_id end as family, programme, period,
           sum(case kind when 'R' then amount else -amount end) as total
      from bpnt.posting where kind in ('R', 'U') group by 1, 2, 3, 4) s
    on s.bucket = u.bucket and s.family = u.family and s.programme = u.programme and s.period = u.period
 where s.total not between 0 and u.granted
