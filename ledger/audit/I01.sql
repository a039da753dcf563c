-- Every posting names two sides that exist, and moves a positive amount
select format('posting %s/%s/%s: a side is not in the books', p.bucket, p.message, p.line)
  from bpnt.posting p
  left join bpnt.family f on f.bucket = p.bucket
       and f.id = case when p.from_kind in ('P', 'Z') then p.from_id else p.to_id end
  left join bpnt.outlet o on p.kind in ('R', 'U') and o.id = case when p.from_kind = 'O' then p.from_id else p.to_id end
  left join bpnt.tranche t on p.kind in ('D', 'C') and t.id = case when p.from_kind = 'F' then p.from_id else p.to_id end
       and t.programme = p.programme and t.period = p.period
 where p.amount <= 0 or f.id is null or (p.kind in ('R', 'U') and o.id is null) or (p.kind in ('D', 'C') and t.id is null)
    or (p.to_kind = 'T' and p.to_id <> p.programme) or (p.kind in ('F', 'H') and p.from_id <> p.to_id)
