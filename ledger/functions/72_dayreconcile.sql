-- What was posted in a closed batch, taken from the postings alone: to be held against its stored sums, which were taken
-- from the messages.

-- The movements of a terminal's batch, on whatever day: net what the outlet is owed. A reversal stands under the key of
-- what it undoes.
create function bpnt.batch_entries(p_terminal integer, p_no integer) returns table (bucket smallint, message bigint, net bigint)
language plpgsql stable
set search_path = bpnt, pg_temp
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set enable_nestloop = on -- the caller's session may have turned it off
as $$
#variable_conflict use_column
begin
    return query
    select b.id, m.id, sum(case q.to_kind when 'O' then q.amount else -q.amount end)::bigint
      from bucket b cross join lateral (
        select o.id from message o
         where o.bucket = b.id and o.terminal = p_terminal and o.batch = p_no and o.outcome = 1 and o.class in ('R', 'V', 'N')
        union all
        select v.id from message o cross join lateral (
            select v.id from message v
             where v.bucket = o.bucket and v.terminal = o.terminal and v.stan = o.stan and v.class = lower(o.class::text)::"char"
               and v.pan = o.pan and v.generation = o.generation and v.outcome = 2 limit 1) v
         where o.bucket = b.id and o.terminal = p_terminal and o.batch = p_no and o.outcome = 1 and o.class in ('R', 'V', 'N')) m
     cross join lateral (
        select * from posting p where p.bucket = b.id and p.message = m.id and p.batch = p_no and 'O' in (p.from_kind, p.to_kind) offset 0) q
     group by b.id, m.id;
end
$$;

-- The same of a day of a switch's link, whose reversals stand in the day in which they came. Its messages lie between the
-- cut-over before and its own.
create function bpnt.switch_day_entries(p_link smallint, p_no integer) returns table (bucket smallint, message bigint, net bigint)
language plpgsql stable
set search_path = bpnt, pg_temp
set jit = off
set enable_seqscan = off
set enable_nestloop = off
set work_mem = '256MB'
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    v_from timestamptz := (select closed_at from batch where link = p_link and terminal is null and no = p_no - 1);
    v_to   timestamptz := (select closed_at from batch where link = p_link and terminal is null and no = p_no);
begin
    -- The clock of a message is read a moment before or after the cut-over's.
    return query
    select m.bucket, m.id, sum(case q.to_kind when 'O' then q.amount else -q.amount end)::bigint
      from terminal t join message m on m.terminal = t.id and m.batch = p_no
       and m.at >= coalesce(v_from - interval '1 hour', '-infinity') and m.at < v_to + interval '1 hour'
      join posting q on q.bucket = m.bucket and q.message = m.id and 'O' in (q.from_kind, q.to_kind)
       and q.business_date between coalesce(business_date(v_from - interval '1 hour'), '-infinity') and business_date(v_to + interval '1 hour')
     where t.link = p_link
     group by m.bucket, m.id;
end
$$;

-- Notes what does not add up on a bank's day; the same again changes nothing.
create function bpnt.note_day_difference(p_now timestamptz, p_bank smallint, p_date date, p_key text, p_link smallint, p_terminal integer,
    p_theirs bigint, p_ours bigint, p_detail text) returns void
language plpgsql volatile security definer set search_path = bpnt, pg_temp as $$
declare
    e exception;
begin
    e.key := 'day_difference/' || p_key;
    e.kind := 'day_difference';
    e.at := clock(p_now);
    e.business_date := p_date;
    e.bank := p_bank;
    e.link := p_link;
    e.terminal := p_terminal;
    e.theirs := p_theirs;
    e.ours := p_ours;
    e.detail := p_detail;
    perform note_exception(e);
end
$$;
