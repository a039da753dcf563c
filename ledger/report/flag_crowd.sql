-- An outlet that served more families in a day than an outlet can.
-- with: sales
select 'crowd' as flag, min(s.at) as first_at, max(s.at) as last_at, null as tid, k.mid, k.name as outlet, g.name as region,
       null::bigint as family, count(distinct s.pan) as cards, sum(s.amount)::bigint as amount_idr,
       count(distinct s.family) || ' families' as what
  from sales s join bpnt.outlet o on o.id = s.outlet
  join bpnt.masthead k on k.id = o.masthead join bpnt.region g on g.id = o.region
 group by s.outlet, k.mid, k.name, g.name
having count(distinct s.family) > @crowd_families::bigint
 order by 2, 5
