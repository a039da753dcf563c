-- The moment that a report looks at: the end of business date @date, or @time (local, inclusive), or now where both are
-- null. @clock is the ledger's clock in tests. cut has for each bucket, in order, the highest message number decided by
-- then: numbers and times of flushes rise together, so it is found by halving, a look at some twenty rows.
with recursive chosen as (
    select l.time_zone, l.cut_over, bpnt.clock(@clock) as now, case
            when @date::date is not null then (@date::date + 1 + l.cut_over) at time zone l.time_zone
            when @time::timestamp is not null then (@time::timestamp at time zone l.time_zone) + interval '1 microsecond'
            else 'infinity' end as until
      from bpnt.ledger l
), halving as (
    select b.id as bucket, 0::bigint as low, b.flush_no as high from bpnt.bucket b
    union all
    select h.bucket, case when f.at < c.until then m.middle else h.low end, case when f.at < c.until then h.high else m.middle - 1 end
      from halving h cross join chosen c cross join lateral (select (h.low + h.high + 1) / 2 as middle) m
      join bpnt.flush f on f.bucket = h.bucket and f.no = m.middle
     where h.low < h.high
), cut as (
    select array_agg(coalesce(f.last_message, 0) order by h.bucket) as messages
      from halving h left join bpnt.flush f on f.bucket = h.bucket and f.no = h.low
     where h.low = h.high
)
select c.time_zone, extract(epoch from c.cut_over)::bigint, c.now, c.until, cut.messages,
       bpnt.business_date(least(c.until - interval '1 microsecond', c.now)),
       c.until <> 'infinity' and c.until > c.now + interval '1 microsecond' and bpnt.business_date(c.now) is distinct from @date::date,
       (select coalesce(array_agg(t.id), '{}') from bpnt.tranche t where t.opened_at is null or t.opened_at >= c.until)
  from chosen c cross join cut;
