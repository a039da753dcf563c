-- An outlet's statement, a line for each day of trade.
with day as materialized (
    select p.business_date, count(distinct (p.bucket, p.message)) filter (where p.kind in ('R', 'A')) as redemptions,
           coalesce(sum(p.amount) filter (where p.kind in ('R', 'A')), 0)::bigint as redeemed,
           count(distinct (p.bucket, p.message)) filter (where p.kind = 'U') as reversals,
           coalesce(sum(p.amount) filter (where p.kind = 'U'), 0)::bigint as reversed
      from bpnt.posting p
     where p.business_date between @from::date and @to::date and p.message <= (@cut::bigint[])[p.bucket + 1]
       and (p.to_kind = 'O' and p.to_id = @outlet::bigint or p.from_kind = 'O' and p.from_id = @outlet::bigint)
     group by 1
), opening as materialized (
    select coalesce(sum(case p.to_kind when 'O' then p.amount else -p.amount end), 0)::bigint as balance from bpnt.posting p
     where p.business_date < @from::date and p.message <= (@cut::bigint[])[p.bucket + 1]
       and (p.to_kind = 'O' and p.to_id = @outlet::bigint or p.from_kind = 'O' and p.from_id = @outlet::bigint)
)
select @from::date as business_date, 'opening balance' as what, null::bigint as redemptions, null::bigint as redeemed_idr,
       null::bigint as reversals, null::bigint as reversed_idr, null::bigint as net_idr, o.balance as balance_idr, false as is_total
  from opening o
union all
(select d.business_date, 'day of trade', d.redemptions, d.redeemed, d.reversals, d.reversed, d.redeemed - d.reversed,
        (o.balance + sum(d.redeemed - d.reversed) over (order by d.business_date))::bigint, false
   from day d cross join opening o order by d.business_date)
union all
select @to::date, 'closing balance', coalesce(sum(d.redemptions), 0)::bigint, coalesce(sum(d.redeemed), 0)::bigint,
       coalesce(sum(d.reversals), 0)::bigint, coalesce(sum(d.reversed), 0)::bigint,
       coalesce(sum(d.redeemed - d.reversed), 0)::bigint,
       (select o.balance from opening o) + coalesce(sum(d.redeemed - d.reversed), 0)::bigint, true from day d
