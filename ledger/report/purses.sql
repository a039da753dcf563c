-- Of each purse with money of the periods, what it had at the moment, in whole rupiah. pending: of a tranche that was not
-- open by then. What was repaid of a family's debt was redeemed when it fell into debt; of money that is pending it is not
-- counted before that opens. @together takes a family's purses of the periods as one, with period null.
--
-- A purse that nothing happened to after the moment, and whose money went to outlets or is still in it, tells all of this
-- by itself: the audit holds it against its postings (I02). Only of the others the postings are added up, because a year
-- has two and a half of them for each purse. Where anybody's money of a period was taken back, a purse may have been
-- funded anew, and its grant does not tell what it was funded with.
with reversed as materialized (
    select distinct t.programme, t.period from bpnt.tranche t where t.closing = 'C'
), held as not materialized (
    select u.*, u.state in ('O', 'E', 'F') and u.message <= (@cut::bigint[])[u.bucket + 1] and u.tranche <> all (@pending::integer[])
               and (u.programme, u.period) not in (select r.programme, r.period from reversed r) as telling
      from bpnt.purse u
     where u.period between @from_period::integer and @to_period::integer
       and (@programme::smallint is null or u.programme = @programme::smallint)
), silent as materialized (
    select h.bucket, h.programme, h.period, h.family from held h where not h.telling
), added as (
    select p.bucket, p.programme, p.period, s.family,
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
      from bpnt.posting p
      join silent s on s.bucket = p.bucket and s.programme = p.programme and s.period = p.period
           and s.family = case p.to_kind when 'P' then p.to_id when 'Z' then p.to_id else p.from_id end
     cross join lateral (
        select p.kind in ('B', 'G') and (p.bucket, p.to_id, p.programme, p.period) in ( -- both sides are the family's
            select d.bucket, d.to_id, d.programme, d.period from bpnt.posting d
             where d.kind = 'D' and d.from_id = any (@pending::integer[]) and d.business_date between @since::date and @today::date) as pending) w
     where p.business_date between @since::date and @today::date and p.message <= (@cut::bigint[])[p.bucket + 1]
       and p.period between @from_period::integer and @to_period::integer
       and (@programme::smallint is null or p.programme = @programme::smallint)
       and exists (select from silent) -- else no posting is read
     group by 1, 2, 3, 4
), each as not materialized (
    select h.bucket, h.programme, h.period, h.family, h.tranche::bigint as tranche, h.granted as funded, 0::bigint as pending,
           h.granted - h.balance as redeemed, 0::bigint as expired, 0::bigint as returned, 0::bigint as taken_back,
           case h.state when 'F' then h.balance else 0 end as frozen
      from held h where h.telling
    union all
    select a.bucket, a.programme, a.period, a.family, a.tranche, a.funded, a.pending, a.redeemed, a.expired, a.returned,
           a.taken_back, a.frozen from added a
)
select e.bucket, e.programme, e.period, e.family, e.tranche, e.funded, e.pending, e.redeemed, e.expired, e.returned,
       e.taken_back, e.frozen from each e where not @together::boolean
union all
select e.bucket, e.programme, null, e.family, max(e.tranche), bpnt.total(e.funded), bpnt.total(e.pending),
       bpnt.total(e.redeemed), bpnt.total(e.expired), bpnt.total(e.returned), bpnt.total(e.taken_back), bpnt.total(e.frozen)
  from each e where @together::boolean group by 1, 2, 4
