-- What outlets are owed of closed days is in their settlements: paid out or carried forward; positions come to the same
with span as materialized (select * from bpnt.outlet_spans()),
closed as materialized ( -- how far each bank's days are closed
    select distinct on (bank) bank, business_date, cuts from bpnt.settlement order by bank, business_date desc
), account as ( -- O
    select p.outlet, sum(p.amount) as amount from (
        select q.bucket, q.message, q.business_date, case q.to_kind when 'O' then q.to_id else q.from_id end as outlet,
               case q.to_kind when 'O' then q.amount else -q.amount end as amount
          from bpnt.posting q where q.to_kind = 'O' or q.from_kind = 'O') p
      join span s on s.outlet = p.outlet and p.business_date >= s.since and p.business_date < s.until
      join closed c on c.bank = s.bank and p.business_date <= c.business_date and p.message <= c.cuts[p.bucket + 1]
     group by 1
), line as materialized (
    select n.*, n.redeemed - n.undone as net, coalesce(y.amount, 0) as paid
      from bpnt.settlement_line n left join bpnt.payout y on y.settlement = n.settlement and y.outlet = n.outlet
), outlet as (
    select outlet, sum(net) as net, sum(paid) as paid, (array_agg(carried order by settlement desc))[1] as carried from line group by 1
), back as (
    select y.outlet, sum(y.amount) as amount from bpnt.payout_back b join bpnt.payout y on y.id = b.payout group by 1
)
select format('outlet %s: Rp %s in the books, Rp %s in its settlements', coalesce(a.outlet, o.outlet), a.amount, o.net)
  from account a full join outlet o on o.outlet = a.outlet where coalesce(a.amount, 0) <> coalesce(o.net, 0)
union all
select format('outlet %s: Rp %s in its settlements, but Rp %s paid, Rp %s of it came back, Rp %s carried', o.outlet, o.net, o.paid,
              coalesce(b.amount, 0), o.carried)
  from outlet o left join back b on b.outlet = o.outlet where o.net <> o.paid - coalesce(b.amount, 0) + o.carried
union all
select format('settlement %s, outlet %s: Rp %s net and Rp %s brought, Rp %s paid and Rp %s carried', settlement, outlet, net, brought, paid, carried)
  from line where net + brought <> paid + carried
union all
select format('payout %s: of an outlet that has no line in its settlement', y.reference) from bpnt.payout y
  left join bpnt.settlement_line n on n.settlement = y.settlement and n.outlet = y.outlet where n.outlet is null
union all
select format('payout %s: due again, and was not rejected', y.reference) from bpnt.payout_back b join bpnt.payout y on y.id = b.payout
 where not exists (select from bpnt.payout_result r where r.payout = y.id and r.status = 'rejected')
union all
select format('settlement %s: Rp %s net, positions of Rp %s', s.name, coalesce(n.net, 0), coalesce(p.net, 0))
  from bpnt.settlement s
  left join (select settlement, sum(net) as net from line group by 1) n on n.settlement = s.id
  left join (select settlement, sum(redeemed - undone) as net from bpnt.settlement_position group by 1) p on p.settlement = s.id
 where coalesce(n.net, 0) <> coalesce(p.net, 0)
union all
select format('bank %s: %s is not closed, and %s is', a.bank, a.business_date - 1, a.business_date)
  from bpnt.settlement a where exists (select from bpnt.settlement b where b.bank = a.bank and b.business_date < a.business_date)
   and not exists (select from bpnt.settlement b where b.bank = a.bank and b.business_date = a.business_date - 1)
