-- Trade outside the hours of the programme's rule, or outside the usual ones where it has none.
-- with: sales hours
select 'outside hours' as flag, min(s.at) as first_at, max(s.at) as last_at, t.tid, k.mid, k.name as outlet, g.name as region,
       null::bigint as family, count(distinct s.pan) as cards, sum(s.amount)::bigint as amount_idr,
       count(*) || ' redemptions' as what
  from sales s join bpnt.posting p on p.bucket = s.bucket and p.message = s.id and p.line = 1 and p.kind = 'R'
       and p.business_date between @from::date and @to::date
  cross join bpnt.ledger l cross join lateral (select (s.at at time zone l.time_zone)::time as time) c
  join hours h on h.programme = p.programme and h.date = p.business_date
  join bpnt.terminal t on t.id = s.terminal join bpnt.outlet o on o.id = s.outlet
  join bpnt.masthead k on k.id = o.masthead join bpnt.region g on g.id = o.region
 where c.time not between h.opens and h.closes
 group by s.terminal, t.tid, s.outlet, k.mid, k.name, g.name
 order by 2, 4
