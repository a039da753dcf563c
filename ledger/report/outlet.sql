-- An outlet's statement: every redemption, and what was given back of it, with what it is owed after each.
with line as materialized (
    select p.bucket, p.message, p.business_date, p.batch, p.programme, bool_or(p.kind = 'A') as on_credit,
           sum(case p.to_kind when 'O' then p.amount else -p.amount end)::bigint as amount
      from bpnt.posting p
     where p.business_date between @from::date and @to::date and p.message <= (@cut::bigint[])[p.bucket + 1]
       and (p.to_kind = 'O' and p.to_id = @outlet::bigint or p.from_kind = 'O' and p.from_id = @outlet::bigint)
     group by 1, 2, 3, 4, 5
), opening as materialized (
    select coalesce(sum(case p.to_kind when 'O' then p.amount else -p.amount end), 0)::bigint as balance from bpnt.posting p
     where p.business_date < @from::date and p.message <= (@cut::bigint[])[p.bucket + 1]
       and (p.to_kind = 'O' and p.to_id = @outlet::bigint or p.from_kind = 'O' and p.from_id = @outlet::bigint)
)
select @from::date as business_date, null::timestamptz as at, 'opening balance' as what, null as rrn, null as tid,
       null::integer as batch, null as programme, null::bigint as amount_idr, o.balance as balance_idr, false as is_total
  from opening o
union all
(select n.business_date, m.at, case m.class when 'R' then case when n.on_credit then 'redemption on credit' else 'redemption' end
            when 'V' then 'void' when 'N' then 'refund' when 'v' then 'void undone' when 'n' then 'refund undone' else 'reversal' end,
        bpnt.rrn(n.bucket, n.message), t.tid, n.batch, g.code, n.amount,
        (o.balance + sum(n.amount) over (order by m.at, n.bucket, n.message))::bigint, false
   from line n cross join opening o
   left join bpnt.message m on m.bucket = n.bucket and m.id = n.message
        and m.at >= @from_at::timestamptz and m.at < @to_at::timestamptz and m.class in ('R', 'V', 'N', 'r', 'v', 'n')
   left join bpnt.terminal t on t.id = m.terminal left join bpnt.programme g on g.id = n.programme
  order by m.at, n.bucket, n.message)
union all
select @to::date, null, 'closing balance', null, null, null, null, coalesce((select sum(n.amount) from line n), 0)::bigint,
       o.balance + coalesce((select sum(n.amount) from line n), 0)::bigint, true from opening o
