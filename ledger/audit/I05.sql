-- What was approved moves its amount once; a reversal gives back what was left of it; nothing else moves money of a card
select format('message %s/%s: decided Rp %s, posted Rp %s', coalesce(m.bucket, p.bucket), coalesce(m.id, p.message),
              m.amount, p.total)
  from (select bucket, id, amount, class, original, case when class in ('R', 'v', 'n') then 'R' else 'U' end::"char" as kind from bpnt.message
         where class in ('R', 'V', 'N') and outcome = 1 or class in ('r', 'v', 'n') and outcome = 2) m
  full join (select bucket, message, case kind when 'U' then 'U' else 'R' end::"char" as kind, sum(amount) as total
               from bpnt.posting where kind in ('R', 'A', 'U') group by 1, 2, 3) p
    on p.bucket = m.bucket and p.message = m.id and p.kind = m.kind
 where m.amount is distinct from p.total
   and not coalesce(m.class = 'r' and p.total < m.amount and exists ( -- of a purchase of which a part was refunded before
        select from bpnt.message n where n.bucket = m.bucket and n.original = m.original and n.class = 'N' and n.outcome = 1), false)
