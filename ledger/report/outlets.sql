-- Outlets activated in each month, and how many there are by its end against the target; and how many of them traded.
--
-- An outlet counts from its activation on, whatever became of it: the books keep no date of a later closing.
with months as (
    select bpnt.month_of(m::date) as month, m::date as first, least((m + interval '1 month')::date - 1, @today::date) as last
      from generate_series(to_date((@from_period::integer)::text, 'YYYYMM'), to_date((@to_period::integer)::text, 'YYYYMM'), interval '1 month') m
), day as (
    select p.to_id as outlet, p.business_date as date from bpnt.posting p
     where p.kind in ('R', 'A') and p.business_date between @from::date and @to::date and p.message <= (@cut::bigint[])[p.bucket + 1]
     group by 1, 2
), trade as (
    select distinct d.outlet, m.month from day d join months m on d.date between m.first and m.last
), standing as (
    select m.month, o.kind, o.region, count(*) filter (where o.activated_on >= m.first) as activated, count(*) as active,
           count(t.outlet) as traded
      from months m join bpnt.outlet o on o.activated_on <= m.last
      left join trade t on t.outlet = o.id and t.month = m.month
     where @region::smallint is null or o.region = @region::smallint
     group by 1, 2, 3
), everywhere as (
    select m.month, k.kind, coalesce(sum(s.activated), 0)::bigint as activated, coalesce(sum(s.active), 0)::bigint as active,
           coalesce(sum(s.traded), 0)::bigint as traded, (
               select a.outlets::bigint from bpnt.target a where a.kind = k.kind and a.month = m.month and @region::smallint is null
                order by a.id desc limit 1) as target
      from months m cross join (values ('e_warong'), ('kube_jasa')) k (kind)
      left join standing s on s.month = m.month and s.kind = k.kind
     group by 1, 2
)
select s.month, s.kind, r.name as region, s.activated, s.active, null::bigint as target, null::bigint as reached_permille, s.traded
  from standing s join bpnt.region r on r.id = s.region
union all
select e.month, e.kind, 'all', e.activated, e.active, e.target, e.active * 1000 / nullif(e.target, 0), e.traded from everywhere e
 order by month, kind, region
