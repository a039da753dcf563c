-- What stands in the books today is what its history says: where a terminal stands, where a family lives
select format('terminal %s stands at outlet %s, its newest stay at %s', t.id, t.outlet, s.outlet)
  from bpnt.terminal t
  left join (select distinct on (terminal) terminal, outlet from bpnt.stay order by terminal, since desc) s on s.terminal = t.id
 where t.outlet is distinct from s.outlet
union all
select format('family %s lives in region %s, its newest move led to %s', f.id, f.region, m.to_region)
  from bpnt.family f
  join (select distinct on (bucket, family) * from bpnt.family_move order by bucket, family, at desc) m
    on m.bucket = f.bucket and m.family = f.id
 where m.to_region <> f.region
union all
select format('family %s moved from region %s, where it had not moved to', family, from_region)
  from (select family, from_region, lag(to_region) over (partition by bucket, family order by at) as before from bpnt.family_move) m
 where before <> from_region
