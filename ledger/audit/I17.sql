-- Money is spent only from periods that were opened
select format('posting %s/%s: period %s is %s', p.bucket, p.message, p.period, coalesce(d.status, 'not in the books'))
  from bpnt.posting p left join bpnt.period d on d.programme = p.programme and d.id = p.period
 where p.kind = 'R' and coalesce(d.status, 'pending') = 'pending'
