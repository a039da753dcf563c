-- What families owe: food that they were handed while the bank was away, or money of a void that was undone after it was
-- spent. The account Q of a family and programme. Its postings with outlets are of period 0, since no purse is a side, so
-- that a purse's chain, which is followed by message and period, never meets them.

-- The posting between a family's debt and an outlet that a message made.
create function bpnt.owing_on(p_bucket smallint, p_message bigint) returns setof bpnt.posting
language sql stable as $$
    select * from bpnt.posting q
     where q.bucket = p_bucket and q.message = p_message and q.period = 0 limit 1;
$$;

-- What a family owes now of a programme.
create function bpnt.owed(p_bucket smallint, p_family bigint, p_programme smallint) returns bigint
language sql stable set search_path = bpnt, pg_temp as $$
    select coalesce((select r.owed from receivable r
                      where r.bucket = p_bucket and r.programme = p_programme and r.family = p_family), 0);
$$;

-- Makes a family's debt larger: an outlet is owed p_amount that no purse pays.
create function bpnt.owe(a bpnt.amendment, p_line smallint, p_outlet bigint, p_amount bigint, p_batch integer) returns void
language plpgsql volatile set search_path = bpnt, pg_temp as $$
begin
    insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period, amount,
        business_date, batch, previous)
    values (a.bucket, a.no, p_line, 'A', 'Q', a.family, 'O', p_outlet, a.programme, 0, p_amount, a.date, p_batch,
        (select r.message from receivable r where r.bucket = a.bucket and r.programme = a.programme and r.family = a.family));
    insert into receivable as r (bucket, programme, family, owed, message) values (a.bucket, a.programme, a.family, p_amount, a.no)
    on conflict (bucket, programme, family) do update set owed = r.owed + excluded.owed, message = excluded.message;
end
$$;

-- The opposite. Returns what of p_amount is owed no longer: it was repaid, and has to be given back.
create function bpnt.owe_less(a bpnt.amendment, p_line smallint, p_outlet bigint, p_amount bigint, p_batch integer) returns bigint
language plpgsql volatile set search_path = bpnt, pg_temp as $$
declare
    v_old receivable;
begin
    select r.* into strict v_old from receivable r
     where r.bucket = a.bucket and r.programme = a.programme and r.family = a.family;
    insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period, amount,
        business_date, batch, previous)
    values (a.bucket, a.no, p_line, 'U', 'O', p_outlet, 'Q', a.family, a.programme, 0, p_amount, a.date, p_batch,
        v_old.message);
    update receivable r set owed = greatest(r.owed - p_amount, 0), message = a.no
     where r.bucket = a.bucket and r.programme = a.programme and r.family = a.family;
    return greatest(p_amount - v_old.owed, 0);
end
$$;

-- How much of a family's debt each of its purses has repaid and was not given back, the newest period first. It walks the
-- purses' chains of postings; a disbursement, their first posting, repays nothing.
create function bpnt.repaid(p_bucket smallint, p_family bigint, p_programme smallint) returns table (period integer, amount bigint)
language sql stable set search_path = bpnt, pg_temp as $$
    with recursive chain as (
        select q.* from family_purses(p_bucket, p_family, p_programme) u
               cross join lateral posting_on(p_bucket, u.message, p_programme, u.period) q
         where u.before_message is not null
        union all
        select q.* from chain c cross join lateral posting_on(p_bucket, c.previous, c.programme, c.period) q)
    select c.period, sum(case c.kind when 'B' then c.amount else -c.amount end)::bigint
      from chain c where c.kind in ('B', 'G') group by c.period
    having sum(case c.kind when 'B' then c.amount else -c.amount end) > 0 order by c.period desc;
$$;
