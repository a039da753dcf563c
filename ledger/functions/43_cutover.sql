-- Days: of a switch, which it ends by a cut-over (0800, DE70 201), and the ledger's, at whose end forgotten batches close.

-- The date that four digits (MMDD) name, in the year that is nearest; null where there is none such.
create function bpnt.day_named(p_date text, p_near date) returns date language sql stable as $$
    select d::date from generate_series(p_near - 182, p_near + 182, interval '1 day') d
     where to_char(d, 'MMDD') = p_date limit 1;
$$;

-- Opens the first day of a switch. What an EDC counts as its batch and a switch as its day must not meet in one number.
create function bpnt.open_switch_day(p_now timestamptz, p_link smallint) returns void
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
as $$
declare
    k link;
begin
    select * into k from link x where x.id = p_link for update;
    if k.id is null then
        raise exception 'there is no link %', p_link using errcode = 'BP001';
    elsif k.day is not null then
        return;
    elsif exists (select from terminal t where t.link = p_link and (t.batch > 1 or unspoken(t.id, t.batch))) then
        raise exception 'link % has served terminals with batches of their own: a switch needs a link with another name', k.name
            using errcode = 'BP001';
    end if;
    update link x set day = 1, business_date = business_date(clock(p_now)) where x.id = p_link;
end
$$;

-- Ends a switch's day. A switch skips weekends and holidays, the longest of about ten days; a date further ahead of the
-- ledger's own is a clock gone wrong, and there is no way back from it. One that was away for a month goes on with today.
create function bpnt.cut_over(p_now timestamptz, p_link smallint, p_date text) returns smallint
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
as $$
declare
    k     link;
    v_now date;
    v_day date;
begin
    select * into k from link x where x.id = p_link for update;
    if k.day is null then
        return 81;
    end if;
    v_now := business_date(clock(p_now));
    v_day := day_named(p_date, v_now);
    if v_day = k.business_date then
        return 1;
    elsif v_day is null or v_day < k.business_date or v_day > v_now + 10 then
        return 84;
    end if;
    insert into batch (link, no, closed_by, closed_at, business_date)
    values (p_link, k.day, 'S', clock(p_now), k.business_date);
    update link x set day = x.day + 1, business_date = v_day where x.id = p_link;
    return 1;
end
$$;

-- When the present business day began.
create function bpnt.last_cut_over(p_now timestamptz) returns timestamptz
language sql stable security definer set search_path = bpnt, pg_temp as $$
    select (business_date(clock(p_now))::timestamp + l.cut_over) at time zone l.time_zone from ledger l;
$$;

-- Does a terminal's open batch hold anything from before a moment? Entries of one batch lie in the index in the order of
-- their place, which is nearly that of time: what is old is found first.
create function bpnt.holds_from_before(p_terminal integer, p_batch integer, p_before timestamptz) returns boolean
language sql stable
set search_path = bpnt, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
as $$
    select exists (select from bucket b cross join lateral (
        select from message m where m.bucket = b.id and m.terminal = p_terminal and m.batch = p_batch
           and m.outcome = 1 and m.class in ('R', 'V', 'N') and m.at < p_before limit 1) m);
$$;

-- Closes what was forgotten, among the next p_limit terminals after p_after. last_terminal is null when none are left.
-- closed are the batches, which are to be summed once every bucket was passed. Totals that differed, and that no trailer
-- or other settlement came after, are told to people.
create function bpnt.close_forgotten(p_now timestamptz, p_before timestamptz, p_after integer, p_limit integer,
    out last_terminal integer, out closed integer[])
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
as $$
declare
    v_now   timestamptz := clock(p_now);
    t       record;
    r       reconciliation;
    v_batch integer;
begin
    closed := '{}';
    if p_before > v_now then
        raise exception 'the moment is to come: batches are closed when it is over' using errcode = 'BP001';
    end if;
    for t in
        select x.id, x.link, x.tid, x.batch, k.day,
            exists (select from batch b where b.terminal = x.id and b.no = x.batch - 1 and b.closed_at >= p_before) as settled
          from terminal x join link k on k.id = x.link where x.id > p_after order by x.id limit p_limit
    loop
        last_terminal := t.id;
        select * into r from reconciliation x where x.terminal = t.id order by x.terminal desc, x.id desc limit 1;
        if r.status = 'disputed' and r.at < p_before then
            perform note_totals('batch_disputed', v_now, r);
        end if;
        continue when t.settled or t.day is not null or not holds_from_before(t.id, t.batch, p_before);
        -- It may have settled since we looked.
        update terminal x set batch = x.batch + 1 where x.link = t.link and x.tid = t.tid and x.batch = t.batch;
        continue when not found;
        insert into batch (link, terminal, no, closed_by, closed_at, business_date)
        values (t.link, t.id, t.batch, 'C', v_now, business_date(p_before - interval '1 microsecond'))
        returning id into v_batch;
        closed := closed || v_batch;
    end loop;
end
$$;
