-- Numbers are given once: counters are ahead, no message number twice, no family in two buckets
select format('bucket %s: the counter is %s, message %s exists', n.bucket, b.message_no, max(n.newest))
  from (select bucket, max(id) as newest from bpnt.message group by 1
        union all select bucket, max(message) from bpnt.posting group by 1) n left join bpnt.bucket b on b.id = n.bucket
 group by n.bucket, b.message_no having max(n.newest) > coalesce(b.message_no, -1)
union all
select format('message %s/%s: twice', bucket, id)
  from (select bucket, id, lag(id) over (partition by bucket order by id) as before from bpnt.message) m
 where id = before
union all
select format('family %s: in %s buckets', id, count(*)) from bpnt.family group by id having count(*) > 1
