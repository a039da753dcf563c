-- Of each purse with money of the periods, what its postings up to the cut add up to, in whole rupiah. pending: of a
-- tranche that was not open by then. What was repaid of a family's debt was redeemed when it fell into debt; of money that
-- is pending it is not counted before that opens. @together takes a family's purses of the periods as one, with period null.
select p.bucket, p.programme, case when not @together::boolean then p.period end as period,
       case p.to_kind when 'P' then p.to_id when 'Z' then p.to_id else p.from_id end as family,
       max(p.from_id) filter (where p.kind = 'D' and p.from_id <> all (@pending::integer[])) as tranche,
       bpnt.total(p.amount) filter (where p.kind = 'D' and p.from_id <> all (@pending::integer[])) as funded,
       bpnt.total(p.amount) filter (where p.kind = 'D' and p.from_id = any (@pending::integer[]))
           - bpnt.total(p.amount) filter (where p.kind = 'C' and p.to_id = any (@pending::integer[]))
           - bpnt.total(case p.kind when 'B' then p.amount else -p.amount end) filter (where p.kind in ('B', 'G') and w.pending) as pending,
       bpnt.total(p.amount) filter (where p.kind = 'R') - bpnt.total(p.amount) filter (where p.kind = 'U')
           + bpnt.total(case p.kind when 'B' then p.amount else -p.amount end) filter (where p.kind in ('B', 'G') and not w.pending) as redeemed,
       bpnt.total(p.amount) filter (where p.kind = 'X') as expired,
       bpnt.total(p.amount) filter (where p.kind = 'Y') as returned,
       bpnt.total(p.amount) filter (where p.kind = 'C' and p.to_id <> all (@pending::integer[])) as taken_back,
       bpnt.total(p.amount) filter (where p.to_kind = 'Z') - bpnt.total(p.amount) filter (where p.from_kind = 'Z') as frozen
  from bpnt.posting p cross join lateral (
    select p.kind in ('B', 'G') and (p.bucket, p.to_id, p.programme, p.period) in ( -- both sides are the family's
        select d.bucket, d.to_id, d.programme, d.period from bpnt.posting d
         where d.kind = 'D' and d.from_id = any (@pending::integer[]) and d.business_date between @since::date and @today::date) as pending) w
 where p.business_date between @since::date and @today::date and p.message <= (@cut::bigint[])[p.bucket + 1]
   and p.period between @from_period::integer and @to_period::integer
   and (@programme::smallint is null or p.programme = @programme::smallint)
 group by 1, 2, 3, 4
