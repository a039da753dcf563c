-- Who was funded and who has redeemed, and where the money of each period went, by region.
-- with: purses homes
--
-- A family counts where money of the period was left to it: funded less what was taken back. funded = redeemed + left +
-- frozen + expired + returned + taken back, in every row.
with counted as (
    select h.region, u.programme, u.period,
           count(*) filter (where u.funded > u.taken_back) as families,
           count(*) filter (where u.funded > u.taken_back and u.redeemed >= u.funded - u.taken_back) as in_full,
           count(*) filter (where u.redeemed > 0 and u.redeemed < u.funded - u.taken_back) as in_part,
           count(*) filter (where u.funded > u.taken_back and u.redeemed <= 0) as untouched,
           sum(u.funded) as funded, sum(u.redeemed) as redeemed, sum(u.frozen) as frozen, sum(u.expired) as expired,
           sum(u.returned) as returned, sum(u.taken_back) as taken_back, sum(u.pending) as pending
      from purses u join homes h on h.id = u.family -- of one bucket (I20): named too, it made the planner sort all purses
     where @region::smallint is null or h.region = @region::smallint
     group by 1, 2, 3
), summed as (
    select programme, period, region, grouping(region) > 0 as is_total, sum(families)::bigint as families,
           sum(in_full)::bigint as in_full, sum(in_part)::bigint as in_part, sum(untouched)::bigint as untouched,
           sum(funded)::bigint as funded, sum(redeemed)::bigint as redeemed, sum(frozen)::bigint as frozen,
           sum(expired)::bigint as expired, sum(returned)::bigint as returned, sum(taken_back)::bigint as taken_back,
           sum(pending)::bigint as pending
      from counted group by grouping sets ((programme, period, region), ()) having count(*) > 0
)
select g.code as programme, s.period, r.name as region, s.families as families_funded, s.in_full as redeemed_in_full,
       s.in_part as redeemed_in_part, s.untouched, s.funded as funded_idr, s.redeemed as redeemed_idr,
       s.funded - s.redeemed - s.frozen - s.expired - s.returned - s.taken_back as left_idr, s.frozen as frozen_idr,
       s.expired as expired_idr, s.returned as returned_idr, s.taken_back as taken_back_idr, s.pending as pending_idr,
       s.redeemed * 1000 / nullif(s.funded - s.taken_back, 0) as redeemed_permille, s.is_total
  from summed s
  left join bpnt.programme g on g.id = s.programme left join bpnt.region r on r.id = s.region
 order by s.is_total, s.programme, s.period, s.region
