-- Money is spent only from what was opened and not yet closed
select format('posting %s/%s: of %s, at %s, from a purse of tranche %s (%s)', p.bucket, p.message, p.period, f.at, u.tranche, t.status)
  from bpnt.posting p
  join bpnt.flush f on f.bucket = p.bucket and p.message between f.first_message and f.last_message
  left join bpnt.purse u on u.bucket = p.bucket and u.programme = p.programme and u.period = p.period and u.family = p.from_id
  left join bpnt.tranche t on t.id = u.tranche
 where p.kind = 'R' and (t.id is null or t.status = 'pending' or f.at > t.closed_at)
