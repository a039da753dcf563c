-- A purse's chain of postings, by which statements are read, misses none
select format('posting %s/%s/%s: previous is %s, should be %s', bucket, message, line, previous, should)
  from (select p.*, lag(p.message) over (
            partition by p.bucket, case when p.to_kind in ('P', 'Z') then p.to_id else p.from_id end, p.programme, p.period
            order by p.message) as should
          from bpnt.posting p) c
 where previous is distinct from should
union all
select format('family %s, period %s: its newest posting is %s, the purse says %s', u.family, u.period, max(p.message), u.message)
  from bpnt.purse u
  join bpnt.posting p on p.bucket = u.bucket and p.programme = u.programme and p.period = u.period
       and u.family = case when p.to_kind in ('P', 'Z') then p.to_id else p.from_id end
 group by u.bucket, u.family, u.programme, u.period, u.message having max(p.message) <> u.message
