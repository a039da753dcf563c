-- An approved redemption debits its amount once; a reversal credits once; nothing else moves money of a card
select format('message %s/%s: decided Rp %s, posted Rp %s', coalesce(m.bucket, p.bucket), coalesce(m.id, p.message),
              m.amount, p.total)
  from (select bucket, id, amount, case class when 'R' then 'R' else 'U' end::"char" as kind from bpnt.message
         where (class = 'R' and outcome = 1) or (class = 'r' and outcome = 2)) m
  full join (select bucket, message, kind, sum(amount) as total from bpnt.posting where kind in ('R', 'U')
              group by 1, 2, 3) p
    on p.bucket = m.bucket and p.message = m.id and p.kind = m.kind
 where m.amount is distinct from p.total
