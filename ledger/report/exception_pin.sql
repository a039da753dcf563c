-- Terminals whose PIN blocks could not be read more than once: their key is out of step.
select 'PIN key out of step' as exception, min(m.at) as first_at, max(m.at) as last_at, t.tid, k.mid, null::bigint as family,
       count(*) as number, null::bigint as amount_idr, 'load the key anew: bpnt ledger terminal key' as what
  from bpnt.message m join bpnt.terminal t on t.id = m.terminal
  left join bpnt.outlet o on o.id = t.outlet left join bpnt.masthead k on k.id = o.masthead
 where m.at >= @from_at::timestamptz and m.at < @to_at::timestamptz and m.class in ('R', 'I') and m.outcome = 42
   and (@region::smallint is null or o.region = @region::smallint)
 group by t.id, t.tid, k.mid having count(*) > 1 order by 2, 4
