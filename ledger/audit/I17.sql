-- Money is spent only from what was opened and not yet closed
with closed as materialized ( -- the last message of each bucket before a tranche was closed
    select t.id, b.id as bucket, coalesce(max(f.last_message), 0) as last
      from bpnt.tranche t cross join bpnt.bucket b left join bpnt.flush f on f.bucket = b.id and f.at <= t.closed_at
     where t.closed_at is not null group by 1, 2
), pending as materialized ( -- a purse that is being funded; it may have been taken back, and spent from before that
    select d.bucket, d.from_id as id, d.to_id as family, min(d.message) as first
      from bpnt.posting d join bpnt.tranche t on t.id = d.from_id and t.status = 'pending'
     where d.kind = 'D' group by 1, 2, 3)
select format('posting %s/%s: of %s, period %s, from a purse of tranche %s (%s)', p.bucket, p.message, p.business_date, p.period,
              u.tranche, t.status)
  from bpnt.tranche t
  join bpnt.purse u on u.tranche = t.id and u.programme = t.programme and u.period = t.period
  join bpnt.posting p on p.kind = 'R' and p.bucket = u.bucket and p.programme = u.programme and p.period = u.period and p.from_id = u.family
  left join closed c on c.id = t.id and c.bucket = p.bucket
  left join pending d on d.id = t.id and d.bucket = p.bucket and d.family = p.from_id
 where (t.status = 'pending' or t.closed_at is not null)
   and (t.status = 'pending' and p.message > coalesce(d.first, 0) or p.message > c.last)
