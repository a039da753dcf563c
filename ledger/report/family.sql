-- A family's statement over all its purses, with what it could spend and what lay frozen after each line.
--
-- Postings are found through each purse's chain, so the cost is the family's own lines. Money of a tranche that was not
-- open at the moment is not shown yet.
with recursive chain as (
    select q.* from (select distinct t.programme, t.period from bpnt.tranche t) t
      join bpnt.purse u on u.bucket = @bucket::smallint and u.programme = t.programme and u.period = t.period and u.family = @family::bigint
      join bpnt.posting q on q.bucket = u.bucket and q.message = u.message and q.programme = u.programme and q.period = u.period
    union all
    select q.* from chain c
      join bpnt.posting q on q.bucket = c.bucket and q.message = c.previous and q.programme = c.programme and q.period = c.period
), line as materialized (
    select c.*, case when c.to_kind = 'P' then c.amount when c.from_kind = 'P' then -c.amount else 0 end as spendable,
           case when c.to_kind = 'Z' then c.amount when c.from_kind = 'Z' then -c.amount else 0 end as frozen
      from chain c
     where c.message <= (@cut::bigint[])[c.bucket + 1] and c.business_date <= @to::date
       and case c.kind when 'D' then c.from_id <> all (@pending::integer[])
                       when 'C' then c.to_id <> all (@pending::integer[]) else true end
), running as (
    select n.*, sum(n.spendable) over w as balance, sum(n.frozen) over w as on_ice
      from line n window w as (order by n.message, n.line, n.programme, n.period rows unbounded preceding)
)
select @from::date as business_date, 'opening balance' as what, null as programme, null::integer as period, null as outlet, null as rrn,
       null::bigint as amount_idr, coalesce(sum(n.spendable), 0)::bigint as balance_idr,
       coalesce(sum(n.frozen), 0)::bigint as frozen_idr, false as is_total
  from line n where n.business_date < @from::date
union all
(select r.business_date, case r.kind when 'D' then 'disbursement' when 'R' then 'redemption' when 'U' then 'reversal'
            when 'X' then 'expiry' when 'F' then 'freeze' when 'H' then 'thaw' when 'Y' then 'return'
            when 'B' then 'repaid' when 'G' then 'given back' else 'taken back' end,
        g.code, r.period, k.name, bpnt.rrn(r.bucket, r.message),
        case when r.spendable <> 0 then r.spendable else r.frozen end, r.balance::bigint, r.on_ice::bigint, false
   from running r join bpnt.programme g on g.id = r.programme
   left join bpnt.outlet o on o.id = case when r.to_kind = 'O' then r.to_id when r.from_kind = 'O' then r.from_id end
   left join bpnt.masthead k on k.id = o.masthead
  where r.business_date >= @from::date
  order by r.message, r.line, r.programme, r.period)
union all
select @to::date, 'closing balance', null, null, null, null, null, coalesce(sum(n.spendable), 0)::bigint,
       coalesce(sum(n.frozen), 0)::bigint, true from line n
