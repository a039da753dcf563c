-- The hash chain is unbroken, from the first flush to the bucket's head, over every posting
with link as (
    select f.*, lag(f.digest) over w as before, lag(f.no) over w as no_before, lead(f.no) over w as no_after
      from bpnt.flush f window w as (partition by f.bucket order by f.no))
select case when t.touched is not null
            then format('bucket %s, flush %s: posting %s was touched', l.bucket, l.no, t.touched)
            else format('bucket %s, flush %s: digest or count differs', l.bucket, l.no) end
  from link l
  cross join lateral (
    select string_agg(p.text, '' order by p.message, p.line) as text, count(*) as lines,
           -- The first row whose mark is not the one that was written: it was changed, or one before it is gone or new.
           (array_agg(p.message || '/' || p.line order by p.message, p.line)
               filter (where substr(l.marks, 4 * p.n::integer - 3, 4) <> bpnt.posting_mark(p.text)))[1] as touched
      from (select p.message, p.line, bpnt.posting_text(p) as text, row_number() over (order by p.message, p.line) as n
              from bpnt.posting p
             where p.bucket = l.bucket and p.message between l.first_message and l.last_message) p) t
  left join bpnt.bucket b on b.id = l.bucket
 where l.digest is distinct from sha256(coalesce(l.before, sha256('bpnt')) || convert_to(t.text, 'UTF8'))
    or l.postings <> t.lines or l.no <> coalesce(l.no_before, 0) + 1
    or (l.no_after is null and (l.no is distinct from b.flush_no or l.digest is distinct from b.digest))
union all
select format('%s postings in flushes, %s in the books', f.n, p.n)
  from (select coalesce(sum(postings), 0) as n from bpnt.flush) f, (select count(*) as n from bpnt.posting) p
 where f.n <> p.n
union all
select format('bucket %s: its head counts %s flushes, there are %s', b.id, b.flush_no, count(f.no))
  from bpnt.bucket b left join bpnt.flush f on f.bucket = b.id
 group by b.id having b.flush_no <> count(f.no)
