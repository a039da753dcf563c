-- An outlet's statement: every redemption and reversal, with what it is owed after each.
with line as materialized (
    select p.bucket, p.message, p.business_date, p.kind, p.batch, p.programme,
           sum(case p.kind when 'R' then p.amount else -p.amount end)::bigint as amount
      from bpnt.posting p
     where p.business_date between @from::date and @to::date and p.message <= (@cut::bigint[])[p.bucket + 1]
       and (p.kind = 'R' and p.to_id = @outlet::bigint or p.kind = 'U' and p.from_id = @outlet::bigint)
     group by 1, 2, 3, 4, 5, 6
), opening as materialized (
    select coalesce(sum(case p.kind when 'R' then p.amount else -p.amount end), 0)::bigint as balance from bpnt.posting p
     where p.business_date < @from::date and p.message <= (@cut::bigint[])[p.bucket + 1]
       and (p.kind = 'R' and p.to_id = @outlet::bigint or p.kind = 'U' and p.from_id = @outlet::bigint)
)
select @from::date as business_date, null::timestamptz as at, 'opening balance' as what, null as rrn, null as tid,
       null::integer as batch, null as programme, null::bigint as amount_idr, o.balance as balance_idr, false as is_total
  from opening o
union all
(select n.business_date, m.at, case n.kind when 'R' then 'redemption' else 'reversal' end,
        lpad((n.message % 10000000000)::text, 10, '0') || lpad(n.bucket::text, 2, '0'), t.tid, n.batch, g.code, n.amount,
        (o.balance + sum(n.amount) over (order by m.at, n.bucket, n.message))::bigint, false
   from line n cross join opening o
   left join bpnt.message m on m.bucket = n.bucket and m.id = n.message
        and m.at >= @from_at::timestamptz and m.at < @to_at::timestamptz and m.class in ('R', 'r')
   left join bpnt.terminal t on t.id = m.terminal left join bpnt.programme g on g.id = n.programme
  order by m.at, n.bucket, n.message)
union all
select @to::date, null, 'closing balance', null, null, null, null, coalesce((select sum(n.amount) from line n), 0)::bigint,
       o.balance + coalesce((select sum(n.amount) from line n), 0)::bigint, true from opening o
