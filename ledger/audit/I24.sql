-- A purchase has one void that stands at most, of its terminal, card, amount and batch; a refund is of its card and outlet
with about as materialized (
    select w.bucket, w.id, w.class, w.original, w.terminal, w.pan, w.amount, w.batch, exists (
               select from bpnt.message u where u.bucket = w.bucket and u.original = w.id and u.outcome = 2) as undone
      from bpnt.message w where w.class in ('V', 'N') and w.outcome = 1
)
select format('redemption %s/%s: %s voids stand', bucket, original, count(*))
  from about where class = 'V' and not undone group by bucket, original having count(*) > 1
union all
select format('%s %s/%s: not of redemption %s', case w.class when 'V' then 'void' else 'refund' end, w.bucket, w.id, w.original)
  from about w left join bpnt.message o on o.bucket = w.bucket and o.id = w.original and o.class = 'R' and o.outcome = 1
 where o.id is null or o.pan <> w.pan or o.amount < w.amount
    or w.class = 'V' and (o.terminal <> w.terminal or o.amount <> w.amount or o.batch is distinct from w.batch)
    or w.class = 'N' and (select q.from_id from bpnt.posting q where q.bucket = w.bucket and q.message = w.id and q.kind = 'U' limit 1)
       is distinct from (select q.to_id from bpnt.posting q where q.bucket = o.bucket and q.message = o.id and q.kind in ('R', 'A') limit 1)
