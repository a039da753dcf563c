-- What a family owes is what its postings say: advances less what was undone, repaid and given back; its chain misses none
select format('family %s, programme %s: owes Rp %s, postings Rp %s; newest %s, postings %s%s', coalesce(r.family, s.family),
              coalesce(r.programme, s.programme), r.owed, s.owed, r.message, s.newest, case when not s.chained then ', not in a chain' end)
  from bpnt.receivable r
  full join (
    select p.bucket, p.programme, case p.from_kind when 'Q' then p.from_id else p.to_id end as family,
           sum(case p.from_kind when 'Q' then p.amount else -p.amount end) as owed,
           max(p.message) filter (where p.kind in ('A', 'U')) as newest,
           -- As for purses (I02), over the postings between the debt and outlets.
           bool_and(coalesce(p.previous < p.message, true)) filter (where p.kind in ('A', 'U'))
               and coalesce(bit_xor(hashint8extended(p.message, 0)) filter (where p.kind in ('A', 'U')), 0)
               # coalesce(bit_xor(hashint8extended(p.previous, 0)) filter (where p.kind in ('A', 'U')), 0)
               = hashint8extended(max(p.message) filter (where p.kind in ('A', 'U')), 0) as chained
      from bpnt.posting p where 'Q' in (p.from_kind, p.to_kind) group by 1, 2, 3) s
    on s.bucket = r.bucket and s.programme = r.programme and s.family = r.family
 where (r.owed, r.message, true) is distinct from (s.owed, s.newest, s.chained)
union all
select format('family %s: owes, and is not in the books', r.family)
  from bpnt.receivable r where not exists (select from bpnt.family f where f.bucket = r.bucket and f.id = r.family)
union all
-- An advice that purses paid in full looks like a purchase, so a day may count more than its advices on credit, never less.
select format('outlet %s, %s: Rp %s of advices counted, Rp %s posted', p.outlet, p.business_date, d.amount, p.amount)
  from (select q.to_id as outlet, q.business_date, sum(m.amount) as amount
          from bpnt.posting q join bpnt.message m on m.bucket = q.bucket and m.id = q.message and m.class = 'R'
         where q.kind = 'A' group by 1, 2) p
  left join bpnt.advance_day d on d.outlet = p.outlet and d.business_date = p.business_date
 where coalesce(d.amount, 0) < p.amount
