-- Runs of different cards emptied one after the other on one terminal, faster than families can be served.
-- with: sales
with emptied as (
    select s.*, s.at - lag(s.at) over (partition by s.terminal order by s.at, s.bucket, s.id) <= @run_gap::interval as close
      from sales s where s.left < @left_below::bigint
), run as (
    select e.*, count(*) filter (where e.close is not true) over (partition by e.terminal order by e.at, e.bucket, e.id) as number
      from emptied e
), found as materialized ( -- few, before their names are looked up
    select r.terminal, r.outlet, min(r.at) as first_at, max(r.at) as last_at, count(distinct r.pan) as cards, sum(r.amount)::bigint as amount
      from run r group by r.terminal, r.outlet, r.number having count(distinct r.pan) >= @run_cards::bigint
)
select 'run of cards' as flag, f.first_at, f.last_at, t.tid, k.mid, k.name as outlet, g.name as region, null::bigint as family, f.cards,
       f.amount as amount_idr, 'cards emptied one after the other' as what
  from found f join bpnt.terminal t on t.id = f.terminal join bpnt.outlet o on o.id = f.outlet
  join bpnt.masthead k on k.id = o.masthead join bpnt.region g on g.id = o.region
 order by 2, 4
