-- Many cards that were asked for their balance and emptied minutes later, with another card in between: cards in a pile.
-- with: sales
--
-- A family at the counter is served whole: its purchase follows its inquiry. That is no flag, however quick.
with seen as (
    select m.bucket, m.id, m.at, m.terminal, m.pan, null::bigint as amount, null::integer as outlet from bpnt.message m
     where m.at >= @from_at::timestamptz and m.at < @to_at::timestamptz and m.class = 'I' and m.outcome = 1
    union all
    select s.bucket, s.id, s.at, s.terminal, s.pan, s.amount, s.outlet from sales s where s.left < @left_below::bigint
), placed as (
    select n.*, row_number() over (partition by n.terminal order by n.at, n.bucket, n.id) as place from seen n
), before as (
    select p.*, max(p.at) filter (where p.amount is null) over w as asked_at, max(p.place) filter (where p.amount is null) over w as asked
      from placed p window w as (partition by p.terminal, p.pan order by p.place rows unbounded preceding)
)
select 'pile of cards' as flag, min(b.asked_at) as first_at, max(b.at) as last_at, t.tid, k.mid, k.name as outlet, g.name as region,
       null::bigint as family, count(distinct b.pan) as cards, sum(b.amount)::bigint as amount_idr,
       'cards asked, put aside and emptied' as what
  from before b join bpnt.terminal t on t.id = b.terminal join bpnt.outlet o on o.id = b.outlet
  join bpnt.masthead k on k.id = o.masthead join bpnt.region g on g.id = o.region
 where b.amount is not null and b.place - b.asked > 1 and b.at - b.asked_at <= @pile_within::interval
 group by b.terminal, t.tid, b.outlet, k.mid, k.name, g.name
having count(distinct b.pan) >= @pile_cards::bigint
 order by 2, 4
