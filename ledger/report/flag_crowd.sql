-- An outlet that served more families in a day than an outlet can.
-- with: sales
with found as materialized (
    select s.outlet, min(s.at) as first_at, max(s.at) as last_at, count(distinct s.pan) as cards, sum(s.amount)::bigint as amount,
           count(distinct s.family) as families
      from sales s group by s.outlet having count(distinct s.family) > @crowd_families::bigint
)
select 'crowd' as flag, f.first_at, f.last_at, null as tid, k.mid, k.name as outlet, g.name as region, null::bigint as family, f.cards,
       f.amount as amount_idr, f.families || ' families' as what
  from found f join bpnt.outlet o on o.id = f.outlet
  join bpnt.masthead k on k.id = o.masthead join bpnt.region g on g.id = o.region
 order by 2, 5
