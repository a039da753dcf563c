-- Terminals of which only a reversal was heard: nobody registered them, so each sale on them is refused.
select 'terminal not registered' as exception, min(m.at) as first_at, max(m.at) as last_at, t.tid, null as mid, null::bigint as family,
       count(m.id) as number, null::bigint as amount_idr, 'register it, or find out who sends' as what
  from bpnt.terminal t join bpnt.message m on m.terminal = t.id and m.bucket = any (array(select b.id from bpnt.bucket b))
       and m.at < @to_at::timestamptz
 where t.status = 'unregistered' group by t.id, t.tid order by 4
