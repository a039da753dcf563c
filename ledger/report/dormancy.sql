-- The register of frozen money: when a family's purse was frozen, and what became of it.
-- with: homes
with step as (
    select p.*, case p.to_kind when 'Z' then p.to_id else p.from_id end as family, count(*) filter (where p.kind = 'F') over (
               partition by p.bucket, case p.to_kind when 'Z' then p.to_id else p.from_id end, p.programme, p.period
               order by p.message) as freeze
      from bpnt.posting p
     where p.business_date between @from::date and @today::date and p.message <= (@cut::bigint[])[p.bucket + 1]
       and 'Z' in (p.from_kind, p.to_kind) and (@programme::smallint is null or p.programme = @programme::smallint)
), register as materialized (
    select s.bucket, s.family, s.programme, s.period, min(s.business_date) as frozen_on,
           coalesce(sum(s.amount) filter (where s.to_kind = 'Z'), 0)::bigint as frozen,
           max(s.business_date) filter (where s.kind = 'H') as thawed_on,
           coalesce(sum(s.amount) filter (where s.kind = 'H'), 0)::bigint as thawed,
           max(s.business_date) filter (where s.kind = 'Y') as returned_on,
           coalesce(sum(s.amount) filter (where s.kind = 'Y'), 0)::bigint as returned,
           coalesce(sum(s.amount) filter (where s.kind = 'C'), 0)::bigint as taken_back
      from step s where s.freeze > 0 group by s.bucket, s.family, s.programme, s.period, s.freeze
    having min(s.business_date) <= @to::date
), placed as (
    select x.*, h.name, r.name as region from register x join homes h on h.bucket = x.bucket and h.id = x.family
      join bpnt.region r on r.id = h.region
     where @region::smallint is null or h.region = @region::smallint
)
select x.family, x.name, x.region, g.code as programme, x.period, x.frozen_on, x.frozen as frozen_idr, x.thawed_on,
       x.thawed as thawed_idr, x.returned_on, x.returned as returned_idr, x.taken_back as taken_back_idr,
       x.frozen - x.thawed - x.returned - x.taken_back as still_frozen_idr, false as is_total
  from placed x join bpnt.programme g on g.id = x.programme
union all
select count(*), 'purses', null, null, null, null, sum(frozen)::bigint, null, sum(thawed)::bigint, null, sum(returned)::bigint,
       sum(taken_back)::bigint, sum(frozen - thawed - returned - taken_back)::bigint, true from placed
 order by is_total, region, programme, period, family, frozen_on
