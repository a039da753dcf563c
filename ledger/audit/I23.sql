-- What was approved stands in one batch, that was opened by then; the stored totals of a closed one are the sum of its rows
with counts as materialized ( -- what counts in a batch: what was approved, and what undid it while the batch was open
    select m.bucket, m.id, m.class, m.terminal, m.batch from bpnt.message m
     where m.class in ('R', 'V', 'N') and m.outcome = 1 or m.class in ('r', 'v', 'n') and m.outcome = 2
       and m.original is not null -- before messages named their originals, a reversal stood in no batch of ours
), posted as materialized (
    select q.bucket, q.message, min(q.batch) as batch, count(distinct coalesce(q.batch, -1)) as batches,
           sum(case q.kind when 'U' then -q.amount else q.amount end) as amount
      from bpnt.posting q where q.kind in ('R', 'A', 'U') group by 1, 2
), stands as materialized (
    select c.*, p.amount, p.batch as posted_in, p.batches, t.link, coalesce(k.day, t.batch) as open
      from counts c join posted p on p.bucket = c.bucket and p.message = c.id
      join bpnt.terminal t on t.id = c.terminal join bpnt.link k on k.id = t.link
), net as materialized (
    select link, terminal, batch, sum(amount) as amount from stands group by 1, 2, 3
)
select format('message %s/%s: in batch %s, its postings in %s of batch %s; open is %s', bucket, id, batch, batches, posted_in, open)
  from stands
 where batch is distinct from posted_in or batches <> 1 or batch > open or batch is null and class in ('R', 'V', 'N')
union all
select format('terminal %s, batch %s: stored Rp %s, rows Rp %s', b.terminal, b.no, b.sales_amount - b.voids_amount - b.refunds_amount, n.amount)
  from bpnt.batch b left join net n on n.terminal = b.terminal and n.batch = b.no
 where b.terminal is not null and b.sales is not null and b.sales_amount - b.voids_amount - b.refunds_amount <> coalesce(n.amount, 0)
union all
select format('link %s, day %s: stored Rp %s, rows Rp %s', b.link, b.no, s.amount, n.amount)
  from bpnt.batch b cross join lateral (
    select b.sales_amount - b.voids_amount - b.refunds_amount - b.reversals_amount + b.restored_amount as amount) s
  left join (select link, batch, sum(amount) as amount from net group by 1, 2) n on n.link = b.link and n.batch = b.no
 where b.terminal is null and b.sales is not null and s.amount <> coalesce(n.amount, 0)
