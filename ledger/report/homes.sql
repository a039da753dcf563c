-- Each family with the region in which it lived at the moment.
select f.bucket, f.id, f.name, coalesce(v.from_region, f.region) as region
  from bpnt.family f
  left join (select distinct on (m.bucket, m.family) m.bucket, m.family, m.from_region from bpnt.family_move m
              where m.at >= @until::timestamptz order by m.bucket, m.family, m.at) v on v.bucket = f.bucket and v.family = f.id
