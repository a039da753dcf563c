-- Files and orders that were paid: how much, since when it can be spent, and what became of it.
--
-- Money counts with the tranche that its purse was in. Where a period has one tranche that is all of the period's
-- postings; where it has several, each purse's postings are told apart by the disbursement before them.
with tranches as materialized (
    select t.*, d.name, t.closed_at < @until::timestamptz as closed,
           @until::timestamptz = 'infinity' and t.status = 'closing' as half_closed,
           count(*) over (partition by t.programme, t.period) as alike
      from bpnt.tranche t join bpnt.disbursement d on d.id = t.disbursement and d.begun_at < @until::timestamptz
), told as (
    select t.id as tranche, p.kind, p.from_kind, p.to_kind, sum(p.amount) as amount
      from bpnt.posting p join tranches t on t.programme = p.programme and t.period = p.period and t.alike = 1
     where p.business_date between @from::date and @today::date and p.message <= (@cut::bigint[])[p.bucket + 1]
     group by 1, 2, 3, 4
    union all
    select q.tranche, q.kind, q.from_kind, q.to_kind, sum(q.amount)
      from (select p.kind, p.from_kind, p.to_kind, p.amount, case p.kind when 'C' then p.to_id else max(p.from_id) filter (where p.kind = 'D') over (
                       partition by p.bucket, p.programme, p.period, case when p.to_kind in ('P', 'Z') then p.to_id else p.from_id end
                       order by p.message) end as tranche
              from bpnt.posting p
             where (p.programme, p.period) in (select t.programme, t.period from tranches t where t.alike > 1)
               and p.business_date <= @today::date and p.message <= (@cut::bigint[])[p.bucket + 1]) q
     group by 1, 2, 3, 4
), sums as (
    select w.tranche, coalesce(sum(w.amount) filter (where w.kind = 'D'), 0) as funded,
           coalesce(sum(case when w.kind in ('R', 'B') then w.amount when w.kind in ('U', 'G') then -w.amount end), 0) as spent,
           coalesce(sum(w.amount) filter (where w.kind = 'X'), 0) as expired,
           coalesce(sum(w.amount) filter (where w.kind = 'Y'), 0) as returned,
           coalesce(sum(w.amount) filter (where w.kind = 'C'), 0) as taken_back,
           coalesce(sum(case when w.to_kind = 'Z' then w.amount when w.from_kind = 'Z' then -w.amount end), 0) as frozen
      from told w group by 1
)
select d.name as disbursement, case when d.digest is null then 'order' else 'file' end as kind,
       string_agg(distinct g.code, ' ') as programmes, min(t.period) as from_period, max(t.period) as to_period,
       d.purses, d.total as total_idr, case
           when bool_or(t.half_closed) then 'closing'
           when bool_and(t.closed and t.closing = 'C') then 'taken back'
           when bool_and(t.closed) then 'closed'
           when d.opened_at < @until::timestamptz then 'open' else 'funding' end as status,
       d.begun_at, case when d.opened_at < @until::timestamptz then d.opened_at end as opened_at,
       sum(coalesce(s.funded, 0))::bigint as funded_idr, sum(coalesce(s.spent, 0))::bigint as spent_idr,
       sum(coalesce(s.funded - s.spent - s.frozen - s.expired - s.returned - s.taken_back, 0))::bigint as left_idr,
       sum(coalesce(s.frozen, 0))::bigint as frozen_idr, sum(coalesce(s.expired, 0))::bigint as expired_idr,
       sum(coalesce(s.returned, 0))::bigint as returned_idr, sum(coalesce(s.taken_back, 0))::bigint as taken_back_idr
  from bpnt.disbursement d join tranches t on t.disbursement = d.id join bpnt.programme g on g.id = t.programme
  left join sums s on s.tranche = t.id
 where bpnt.business_date(d.begun_at) between @from::date and @to::date
   and (@programme::smallint is null or t.programme = @programme::smallint)
 group by d.id order by d.id
