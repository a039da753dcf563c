-- Every posting names two sides that exist and fit its kind, and moves a positive amount
select format('posting %s/%s/%s: a side is not in the books, or does not fit its kind', p.bucket, p.message, p.line)
  from bpnt.posting p
 where p.amount <= 0
    or not case p.kind
        when 'D' then p.from_kind = 'F' and p.to_kind = 'P'
        when 'R' then p.from_kind = 'P' and p.to_kind = 'O'
        when 'U' then p.from_kind = 'O' and p.to_kind in ('P', 'Z', 'Q')
        when 'A' then p.from_kind = 'Q' and p.to_kind = 'O'
        when 'B' then p.from_kind = 'P' and p.to_kind = 'Q'
        when 'G' then p.from_kind = 'Q' and p.to_kind in ('P', 'Z')
        when 'X' then p.from_kind = 'P' and p.to_kind = 'T'
        when 'F' then p.from_kind = 'P' and p.to_kind = 'Z'
        when 'H' then p.from_kind = 'Z' and p.to_kind = 'P'
        when 'Y' then p.from_kind = 'Z' and p.to_kind = 'T'
        when 'C' then p.from_kind in ('P', 'Z') and p.to_kind = 'F'
        else false end
    or p.to_kind = 'T' and p.to_id <> p.programme
    or p.kind in ('F', 'H', 'B', 'G') and p.from_id <> p.to_id
    or p.kind in ('R', 'A', 'U') and case p.kind when 'U' then p.from_id else p.to_id end not in (select o.id from bpnt.outlet o)
    or p.kind in ('D', 'C') and (case p.kind when 'D' then p.from_id else p.to_id end, p.programme, p.period)
       not in (select t.id, t.programme, t.period from bpnt.tranche t)
union all
select format('family %s, period %s: a purse, and the family is not in the books', u.family, u.period)
  from bpnt.purse u where not exists (select from bpnt.family f where f.bucket = u.bucket and f.id = u.family)
