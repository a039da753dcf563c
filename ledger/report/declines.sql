-- What was refused, by reason and the outlet's region.
--
-- Refusals of an unknown terminal, and of a repeat that differs, are not stored: the gateway's metrics count them.
select coalesce(w.name, 'outcome ' || m.outcome) as reason, case when grouping(m.outcome) = 0 then coalesce(r.name, 'unknown') end as region,
       count(*) filter (where m.class = 'R') as redemptions, count(*) filter (where m.class = 'I') as inquiries,
       count(*) filter (where m.class = 'V') as voids, count(*) filter (where m.class = 'N') as refunds,
       count(distinct m.family) as families, coalesce(sum(m.amount), 0)::bigint as asked_idr, grouping(m.outcome) > 0 as is_total
  from bpnt.message m
  left join bpnt.masthead k on k.id = m.masthead left join bpnt.outlet o on o.mid = k.mid left join bpnt.region r on r.id = o.region
  left join unnest(@outcomes::smallint[], @outcome_names::text[]) w (outcome, name) on w.outcome = m.outcome
 where m.at >= @from_at::timestamptz and m.at < @to_at::timestamptz and m.class in ('R', 'I', 'V', 'N') and m.outcome >= 10
   and (@region::smallint is null or o.region = @region::smallint)
 group by grouping sets ((m.outcome, w.name, r.name), ()) having count(*) > 0
 order by is_total, count(*) desc, reason, region
