-- Numbers and grants add up: counters are ahead, no number twice, no family in two buckets, no grant without its posting
select format('bucket %s: the counter is %s, message %s exists', n.bucket, b.message_no, n.newest)
  from (select bucket, max(id) as newest from (select bucket, id from bpnt.message union all
        select bucket, message from bpnt.posting) a group by 1) n left join bpnt.bucket b on b.id = n.bucket
 where n.newest > coalesce(b.message_no, -1)
union all
select format('message %s/%s: %s rows', bucket, id, count(*)) from bpnt.message group by bucket, id having count(*) > 1
union all
select format('family %s: in %s buckets', id, count(*)) from bpnt.family group by id having count(*) > 1
union all
select format('family %s, period %s: granted Rp %s, funded Rp %s', u.family, u.period, u.granted, d.total)
  from bpnt.purse u left join (
    select bucket, case kind when 'D' then to_id else from_id end as family, programme, period,
           sum(case kind when 'D' then amount else -amount end) as total
      from bpnt.posting where kind in ('D', 'C') group by 1, 2, 3, 4) d
    on d.bucket = u.bucket and d.family = u.family and d.programme = u.programme and d.period = u.period
 where u.granted is distinct from d.total
