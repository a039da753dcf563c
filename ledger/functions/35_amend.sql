-- Voids (kind 5), refunds (6) and advices (7): few, and each decided by itself, row by row.

-- amend() decides them; post() calls it under the bucket's lock, after undo() has decided p_undo others. The order of
-- precedence is the order of the conditions: identity, terminal, then what the message is about. Status of card, outlet and
-- terminal, and the PIN, play no part in a void or a refund: they give money back.
create function bpnt.amend(
    p_bucket smallint, p_now timestamptz, p_first bigint, p_undo integer, p_date date,
    p_kind smallint[], p_link smallint[], p_tid text[], p_stan integer[], p_pan uuid[], p_code integer[], p_amount bigint[],
    p_mid text[], p_programme smallint[], p_by_card boolean[], p_stamp bigint[], p_atc integer[], p_invoice text[],
    p_batch integer[], p_nii smallint[], p_entry_mode smallint[], p_window interval[], p_resent boolean[],
    p_original bigint[], p_shut integer[], p_day integer[]
) returns setof bpnt.decision language plpgsql volatile
set search_path = bpnt, pg_temp
as $$
declare
    a amendment;
begin
    -- An outlet's sum of a day is a shared row: who may add to it comes here one after the other. All locks at once and in
    -- order, after the bucket's, so that nobody waits in a circle.
    perform pg_advisory_xact_lock(8586, o.outlet)
       from (select distinct t.outlet from unnest(p_kind, p_link, p_tid) r (kind, link, tid)
               join terminal t on t.link = r.link and t.tid = r.tid
              where r.kind = 7 and t.outlet is not null order by t.outlet) o;
    for a in
        select p_undo + r.n::integer, r.kind, r.link, r.tid, r.stan, r.pan, r.code, r.amount, r.mid, r.programme, r.by_card, r.stamp, r.atc,
               r.invoice, r.batch, r.nii, r.entry_mode, r.time_window, r.resent, r.original,
               p_bucket, p_now, p_date, p_shut, p_first + 5 * p_undo + r.n, cardinality(p_kind),
               case r.kind when 5 then 'V' when 6 then 'N' else 'R' end::"char", t.id, t.id is not null and t.status <> 'unregistered',
               t.outlet, o.masthead, o.bank, coalesce(t.epoch, 0::smallint), coalesce(p_day[r.link], t.batch),
               null::smallint, null::bigint, null::smallint
          from unnest(p_kind, p_link, p_tid, p_stan, p_pan, p_code, p_amount, p_mid, p_programme, p_by_card, p_stamp, p_atc,
                p_invoice, p_batch, p_nii, p_entry_mode, p_window, p_resent, p_original) with ordinality
            as r (kind, link, tid, stan, pan, code, amount, mid, programme, by_card, stamp, atc, invoice, batch, nii, entry_mode,
                  time_window, resent, original, n)
          left join terminal t on t.link = r.link and t.tid = r.tid
          left join outlet o on o.id = t.outlet
         order by r.n
    loop
        return next amend_one(a);
    end loop;
end
$$;

create function bpnt.amend_one(a bpnt.amendment) returns bpnt.decision
language plpgsql volatile set search_path = bpnt, pg_temp as $$
declare
    m message; -- the newest row under its key
    c card;
    d decision;
begin
    select * into m from message x
     where x.bucket = a.bucket and x.terminal = a.terminal and x.stan = a.stan and x.class = a.class and x.pan = a.pan
     order by x.generation desc limit 1;
    select * into c from card k where k.bucket = a.bucket and k.pan = a.pan;
    a.generation := coalesce(m.generation + 1, 0);
    d := row(a.n, 0, false, false, null, 0, a.amount, 0, a.at, coalesce(a.sent_batch, a.batch), a.invoice, a.nii, a.entry_mode,
        a.masthead, null, a.generation);
    if is_repeat(a, m) then
        d := repeated(a, m, d);
        a.outcome := d.outcome;
        a.no := m.id;
    elsif c.forward is not null then
        d.moved_to := c.forward;
        return d;
    else
        a.family := c.family;
        a.programme := case when a.by_card then coalesce(c.programme, a.programme) else a.programme end;
        a := decide(a, c);
        d.outcome := a.outcome;
        if a.outcome <> 20 then
            d.id := a.no;
            d.balance := put_message(a, a.batch);
        end if;
    end if;
    -- Food was handed out against a signed form, and nobody is paid for it: people must see that.
    if a.kind = 7 and a.outcome <> 1 and a.registered then
        perform note_amendment(a, 'advice_refused', a.amount, null, case a.outcome
            when 66 then 'the programme books no food handed out on credit'
            when 67 then 'more than the family may owe, or the outlet may hand out on credit in a day'
            else 'refused with outcome ' || a.outcome end);
    end if;
    return d;
end
$$;

create function bpnt.decide(a bpnt.amendment, c bpnt.card) returns bpnt.amendment
language plpgsql volatile set search_path = bpnt, pg_temp as $$
begin
    if not a.registered then
        return with_outcome(a, 20);
    elsif a.kind = 5 then
        return void_of(a);
    elsif a.kind = 6 then
        return refund_of(a);
    end if;
    return advice(a, c);
end
$$;

create function bpnt.with_outcome(a bpnt.amendment, p_outcome integer) returns bpnt.amendment language plpgsql immutable as $$
begin
    a.outcome := p_outcome;
    return a;
end
$$;

-- Is the row that stands under its key the same message? As in post().
create function bpnt.is_repeat(a bpnt.amendment, m bpnt.message) returns boolean
language sql stable set search_path = bpnt, pg_temp as $$
    select m.id is not null
       and (m.epoch >= coalesce(a.epoch, m.epoch) or a.resent and a.at - m.at < interval '1 minute')
       and not is_older_message(a.at - m.at, a.time_window, m.outcome = 5, m.atc, m.stamp, m.invoice, m.sent_batch,
           a.atc, a.stamp, a.invoice, a.sent_batch);
$$;

-- The answer to a repeat: the stored one, unless the content differs or the message was undone.
create function bpnt.repeated(a bpnt.amendment, m bpnt.message, d bpnt.decision) returns bpnt.decision
language plpgsql stable set search_path = bpnt, pg_temp as $$
begin
    d.generation := m.generation;
    if m.outcome <> 5 and (m.amount <> a.amount or m.processing_code <> a.code or m.atc <> a.atc
            or m.outcome = 1 and m.original <> number_of(a)) then
        d.outcome := 10;
    elsif m.outcome = 5 or m.outcome = 1 and (undone(m) or m.class = 'R' and lives(a.bucket, m.id, 'V')) then
        d.outcome := 11;
    else
        d := row(a.n, m.outcome, true, false, null, m.id, m.amount, m.balance, m.at, coalesce(m.sent_batch, m.batch), m.invoice, m.nii,
            m.entry_mode, m.masthead, m.tries_left, m.generation);
    end if;
    return d;
end
$$;

