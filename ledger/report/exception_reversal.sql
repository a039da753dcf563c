-- Reversals whose original never came, by terminal: sales that the outlet may take for undone and that never were.
select 'reversal without original' as exception, min(m.at) as first_at, max(m.at) as last_at, t.tid, k.mid, null::bigint as family,
       count(*) as number, sum(m.amount)::bigint as amount_idr, 'ask the outlet: a bad line, or a terminal set back' as what
  from bpnt.message m join bpnt.terminal t on t.id = m.terminal
  left join bpnt.outlet o on o.id = t.outlet left join bpnt.masthead k on k.id = o.masthead
 where m.at >= @from_at::timestamptz and m.at < @to_at::timestamptz and m.class = 'r' and m.outcome = 4
   and (@region::smallint is null or o.region = @region::smallint)
 group by t.id, t.tid, k.mid order by 2, 4
