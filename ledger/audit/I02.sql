-- The balance of each purse is the sum of its postings
select format('family %s, period %s: balance Rp %s, postings Rp %s', coalesce(u.family, s.family),
              coalesce(u.period, s.period), u.balance, s.total)
  from bpnt.purse u
  full join (
    select p.bucket, case when p.to_kind = 'P' then p.to_id else p.from_id end as family, p.programme, p.period,
           sum(case when p.to_kind = 'P' then p.amount else -p.amount end) as total
      from bpnt.posting p group by 1, 2, 3, 4) s
    on s.bucket = u.bucket and s.family = u.family and s.programme = u.programme and s.period = u.period
 where u.balance is distinct from s.total
