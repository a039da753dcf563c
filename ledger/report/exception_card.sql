-- Cards that lead nowhere: of a family that is not in the books, or passed on to a bucket that does not know them.
select 'card of an unknown family' as exception, null::timestamptz as first_at, null::timestamptz as last_at, null as tid, null as mid,
       c.family, count(*) as number, null::bigint as amount_idr, 'card ' || min(c.first6 || '******' || c.last4) as what
  from bpnt.card c
 where c.family is not null and not exists (select from bpnt.family f where f.bucket = c.bucket and f.id = c.family)
 group by c.bucket, c.family
union all
select 'card that leads nowhere', null, null, null, null, null, 1, null,
       format('card %s******%s: give it to its family again', c.first6, c.last4)
  from bpnt.card c
 where c.forward is not null and not exists (select from bpnt.card h where h.bucket = c.forward and h.pan = c.pan)
 order by exception, family, what
