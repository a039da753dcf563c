-- What an operator's screen shows of the books, read every few seconds by each gateway, so it must cost next to nothing
-- at any size: what grows with the number of terminals or of exceptions comes in pages, of which one reading takes one,
-- and all else is a few rows. It reads no message but the oldest of a terminal's open batch, and writes nothing.
--
-- terminals_end and exceptions_end are where the next page begins, null where this was the last.
create function bpnt.books_standing(
    p_now timestamptz, p_terminal integer, p_terminals integer, p_exception bigint, p_exceptions integer,
    out at timestamptz, out database_bytes bigint, out tranches_pending bigint, out pending_rupiah bigint,
    out links text[], out link_keys_at timestamptz[],
    out batches_unclosed bigint, out oldest_keys_at timestamptz, out terminals_end integer,
    out exceptions_open bigint, out exceptions_end bigint)
language plpgsql stable security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_before timestamptz := last_cut_over(p_now);
begin
    at := clock(p_now);
    database_bytes := pg_database_size(current_database());
    select count(*), coalesce(sum(t.funded), 0) into tranches_pending, pending_rupiah
      from tranche t where t.status = 'pending';
    select coalesce(array_agg(k.name order by k.id), '{}'), coalesce(array_agg(k.keys_at order by k.id), '{}')
      into links, link_keys_at from link k where k.keys_at is not null;

    -- A switch's terminals have its days in the place of batches. Keys that were never changed are as old as the last
    -- change of their terminal, or older.
    select count(*) filter (where t.day is null and began_before(t.id, t.batch, v_before)), min(t.keys_at),
           case when count(*) = p_terminals then max(t.id) end
      into batches_unclosed, oldest_keys_at, terminals_end
      from (select x.id, x.batch, k.day,
                   case when x.status = 'active' and coalesce(x.wrapped_tpk, x.wrapped_tak) is not null
                        then coalesce(x.keys_at, x.changed_at) end as keys_at
              from terminal x join link k on k.id = x.link
             where x.id > p_terminal order by x.id limit p_terminals) t;

    -- The newest note says whether one is settled.
    select count(*) filter (where n.settled is not true), case when count(*) = p_exceptions then max(x.id) end
      into exceptions_open, exceptions_end
      from (select e.id from exception e where e.id > p_exception order by e.id limit p_exceptions) x
      left join lateral (
        select e.settled from exception_note e where e.exception = x.id order by e.at desc limit 1) n on true;
end
$$;

-- Did a terminal's open batch begin before a moment? Unlike holds_from_before it looks at one entry a bucket and no more,
-- the first in the order of place, which is that of time but for rows that were written side by side.
create function bpnt.began_before(p_terminal integer, p_batch integer, p_before timestamptz) returns boolean
language sql stable
set search_path = bpnt, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
as $$
    select exists (select from bucket b cross join lateral (
        select m.at from message m where m.bucket = b.id and m.terminal = p_terminal and m.batch = p_batch
           and m.outcome = 1 and m.class in ('R', 'V', 'N') limit 1) m where m.at < p_before);
$$;
