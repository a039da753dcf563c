-- An operator's own card on the operator's own terminal.
-- with: sales
select 'operator''s own card' as flag, min(s.at) as first_at, max(s.at) as last_at, t.tid, k.mid, k.name as outlet, g.name as region,
       s.family, count(distinct s.pan) as cards, sum(s.amount)::bigint as amount_idr, count(*) || ' redemptions' as what
  from sales s join bpnt.outlet o on o.id = s.outlet and o.operator = s.family join bpnt.terminal t on t.id = s.terminal
  join bpnt.masthead k on k.id = o.masthead join bpnt.region g on g.id = o.region
 group by s.family, s.terminal, t.tid, s.outlet, k.mid, k.name, g.name
 order by 2, 4
