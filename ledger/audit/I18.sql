-- The hash chain is unbroken, from the first flush to the bucket's head, over every posting
with broken as materialized (
    select f.* from bpnt.flush f
      left join bpnt.flush before on before.bucket = f.bucket and before.no = f.no - 1
     cross join lateral (
        select string_agg(p.line, '') as text, count(*) as postings
          from (select bpnt.posting_text(p) as line from bpnt.posting p
                 where p.bucket = f.bucket and p.message between f.first_message and f.last_message
                 order by p.message, p.line) p) t
     where f.postings <> t.postings
        or f.digest is distinct from sha256(case when f.no = 1 then sha256('bpnt') else before.digest end
            || convert_to(bpnt.flush_text(f) || t.text, 'UTF8'))
), line as (
    -- Only of what is broken: its postings beside the marks that were written.
    select f.bucket, f.no, f.postings, p.n, p.key, lag(p.key) over w as key_before, count(*) over (partition by f.bucket, f.no) as lines,
           substr(f.marks, 4 * p.n - 3, 4) is distinct from bpnt.posting_mark(p.text) as other
      from broken f cross join lateral (
        select row_number() over (order by q.message, q.line)::integer as n, q.message || '/' || q.line as key, bpnt.posting_text(q) as text
          from bpnt.posting q
         where q.bucket = f.bucket and q.message between f.first_message and f.last_message) p
    window w as (partition by f.bucket, f.no order by p.n)
), touched as (
    -- The first row whose mark is not the one written in its place: it was changed, or is new, or the one before it is gone.
    select distinct on (bucket, no) bucket, no, case
            when lines < postings then format('the posting after %s and before %s is gone', coalesce(key_before, 'the start'), key)
            when lines > postings then format('posting %s was added', key)
            else format('posting %s was changed', key) end as what
      from line where other order by bucket, no, n
)
select format('bucket %s, flush %s: %s', f.bucket, f.no, coalesce(t.what,
              case when f.postings > (select count(*) from line l where l.bucket = f.bucket and l.no = f.no)
                   then 'its last postings are gone' else 'its digest is not that of its postings and the flush before' end))
  from broken f left join touched t on t.bucket = f.bucket and t.no = f.no
union all
-- What is in no flush. Only looked for where the numbers differ.
select format('posting %s/%s/%s is in no flush', u.bucket, u.message, u.line)
  from (select bucket, message, line, is_posting, max(last_message) over (
               partition by bucket order by message, is_posting rows unbounded preceding) as covered
          from (select f.bucket, f.first_message as message, 0 as line, f.last_message, false as is_posting from bpnt.flush f
                union all select p.bucket, p.message, p.line, null, true from bpnt.posting p) a
         where (select coalesce(sum(postings), 0) from bpnt.flush) <> (select count(*) from bpnt.posting)) u
 where u.is_posting and u.message > coalesce(u.covered, -1)
union all
select case when b.flush_no is distinct from coalesce(f.no, 0) or f.flushes <> f.no
            then format('bucket %s: its head counts %s flushes, there are %s, the last is %s', coalesce(b.id, f.bucket), b.flush_no, f.flushes, f.no)
            else format('bucket %s: its head is not the digest of flush %s', b.id, b.flush_no) end
  from bpnt.bucket b
  full join (select bucket, max(no) as no, count(*) as flushes from bpnt.flush group by 1) f on f.bucket = b.id
  left join bpnt.flush h on h.bucket = b.id and h.no = b.flush_no
 where b.flush_no is distinct from coalesce(f.no, 0) or f.flushes <> f.no
    or b.digest is distinct from coalesce(h.digest, sha256('bpnt'))
