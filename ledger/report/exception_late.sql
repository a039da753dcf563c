-- Reversals, voids and refunds that came when the purse was closed: the outlet is owed less, the money went where the purse's had gone.
--
-- The posting that sends it on stands in the same call as the reversal, so at most 2,000 numbers after it (BatchMax).
select 'reversal into a closed purse' as exception, m.at as first_at, m.at as last_at, t.tid, k.mid, u.to_id as family,
       1::bigint as number, u.amount as amount_idr,
       format('%s %s: went to %s', g.code, u.period, case x.kind when 'C' then 'the fund' else 'the treasury' end) as what
  from bpnt.posting u
  join bpnt.posting x on x.bucket = u.bucket and x.previous = u.message and x.programme = u.programme and x.period = u.period
       and x.kind in ('X', 'C') and x.from_kind = 'P' and x.from_id = u.to_id and x.amount = u.amount and x.line = u.line
       and x.business_date = u.business_date and x.message <= u.message + 2000
       and x.business_date between @from::date and @to::date
  join bpnt.message m on m.bucket = u.bucket and m.id = u.message and m.class in ('r', 'V', 'N')
       and m.at >= @from_at::timestamptz and m.at < @to_at::timestamptz
  join bpnt.terminal t on t.id = m.terminal join bpnt.outlet o on o.id = u.from_id join bpnt.masthead k on k.id = o.masthead
  join bpnt.programme g on g.id = u.programme
 where u.kind = 'U' and u.business_date between @from::date and @to::date
   and (@region::smallint is null or o.region = @region::smallint)
 order by 2, u.bucket, u.message, u.line
