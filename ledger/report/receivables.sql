-- What families owe for food that they were handed on credit, or for a void that was undone after its money was spent.
--
-- It is taken from each family's next disbursement by itself. Who ever owed has a row in table receivable; what was owed
-- at the moment is read from the chains of postings behind it: those with outlets, and those of the family's purses.
with recursive debt as (
    select q.* from bpnt.receivable r cross join lateral (
        select * from bpnt.posting q where q.bucket = r.bucket and q.message = r.message and q.period = 0 limit 1) q
     where @programme::smallint is null or r.programme = @programme::smallint
    union all
    select q.* from debt c cross join lateral (
        select * from bpnt.posting q where q.bucket = c.bucket and q.message = c.previous and q.period = 0 limit 1) q
), chain as (
    select q.* from bpnt.receivable r
      join (select distinct programme, period from bpnt.tranche) t on t.programme = r.programme
     cross join lateral (
        select * from bpnt.purse u where u.bucket = r.bucket and u.programme = r.programme and u.period = t.period and u.family = r.family
         limit 1) u
     cross join lateral (
        select * from bpnt.posting q where q.bucket = r.bucket and q.message = u.message and q.programme = u.programme and q.period = u.period
         limit 1) q
     where @programme::smallint is null or r.programme = @programme::smallint
    union all
    select q.* from chain c cross join lateral (
        select * from bpnt.posting q where q.bucket = c.bucket and q.message = c.previous and q.programme = c.programme and q.period = c.period
         limit 1) q
), line as (
    select p.bucket, p.programme, p.message, p.line, p.business_date, case p.from_kind when 'Q' then p.from_id else p.to_id end as family,
           case p.from_kind when 'Q' then p.amount else -p.amount end as amount, case p.kind when 'A' then p.to_id end as outlet
      from (select * from debt union all select * from chain where kind in ('B', 'G')) p
     where p.message <= (@cut::bigint[])[p.bucket + 1]
), running as (
    select n.*, sum(n.amount) over (partition by n.bucket, n.programme, n.family order by n.message, n.line) as owed from line n
), since as (
    select r.*, coalesce(max(r.message) filter (where r.owed = 0) over (partition by r.bucket, r.programme, r.family), 0) as free from running r
), owing as materialized (
    select s.bucket, s.programme, s.family, sum(s.amount)::bigint as owed, min(s.business_date) filter (where s.message > s.free) as since,
           (array_agg(s.outlet order by s.message desc) filter (where s.outlet is not null))[1] as outlet
      from since s group by 1, 2, 3 having sum(s.amount) > 0
), placed as materialized (
    select w.*, f.name, r.name as region, g.code, k.mid, k.name as outlet_name
      from owing w join bpnt.family f on f.bucket = w.bucket and f.id = w.family join bpnt.region r on r.id = f.region
      join bpnt.programme g on g.id = w.programme join bpnt.outlet o on o.id = w.outlet join bpnt.masthead k on k.id = o.masthead
     where @region::smallint is null or f.region = @region::smallint
)
select p.family, p.name, p.region, p.code as programme, p.owed as owed_idr, p.since, (@today::date - p.since)::bigint as days,
       p.mid, p.outlet_name as newest_outlet, false as is_total
  from placed p
union all
select count(*), 'families', null, null, coalesce(sum(owed), 0)::bigint, null, null, null, null, true from placed
 order by is_total, region, programme, family
