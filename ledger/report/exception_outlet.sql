-- Outlets with something amiss: an operator who is no known family, or nothing to trade with.
select 'operator is no known family' as exception, null::timestamptz as first_at, null::timestamptz as last_at, null as tid, k.mid,
       o.operator as family, 1::bigint as number, null::bigint as amount_idr, k.name as what
  from bpnt.outlet o join bpnt.masthead k on k.id = o.masthead
 where not exists (select from bpnt.bucket b join bpnt.family f on f.bucket = b.id where f.id = o.operator)
   and o.operator is not null and (@region::smallint is null or o.region = @region::smallint)
union all
select 'active outlet without a terminal', null, null, null, k.mid, null, 1, null, k.name
  from bpnt.outlet o join bpnt.masthead k on k.id = o.masthead
 where o.status = 'active' and not exists (select from bpnt.terminal t where t.outlet = o.id and t.status = 'active')
   and (@region::smallint is null or o.region = @region::smallint)
 order by exception, mid
