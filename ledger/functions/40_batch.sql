-- A terminal's batch: closing it, and what the terminal is told.
--
-- A close is three steps, and who finds one begun finishes it:
--
--   batch_begin   one transaction: the next batch is opened (terminal.batch), the closed one gets a row without sums,
--                 and an open reconciliation says what the terminal claims
--   pass_bucket   each bucket's lock is taken and freed: who read the old number under it has committed
--   batch_end     one transaction: sums, compares, decides
--
-- The terminal's row is locked while a step runs, so that two settlement messages go one after the other; nobody who
-- holds it waits for a bucket. post() reads it without a lock.

drop type if exists bpnt.batch_answer;

-- The Go type BatchAnswer. pending is the reconciliation that must be brought to its end first; own: it is the claim's.
create type bpnt.batch_answer as (
    pending integer, own boolean, outcome smallint, replay boolean, at timestamptz, sent_batch integer, sales integer,
    sales_amount bigint, refunds integer, refunds_amount bigint, voids integer, voids_amount bigint, masthead integer
);

create function bpnt.batch_refused(p_outcome integer, p_at timestamptz, p_sent integer) returns bpnt.batch_answer
language sql immutable as $$
    select null::integer, false, p_outcome::smallint, false, p_at, p_sent, 0, 0::bigint, 0, 0::bigint, 0, 0::bigint,
        null::integer;
$$;

-- Are the totals that two settlement messages name the same?
create function bpnt.same_claim(r bpnt.reconciliation, p_sales integer, p_sales_amount bigint, p_refunds integer,
    p_refunds_amount bigint) returns boolean language sql immutable as $$
    select r.their_sales = p_sales and r.their_sales_amount = p_sales_amount
       and r.their_refunds = p_refunds and r.their_refunds_amount = p_refunds_amount;
$$;

-- What a terminal is told of a reconciliation that was decided. The trailer is always told that all is well.
create function bpnt.batch_told(r bpnt.reconciliation, p_trailer boolean, p_replay boolean) returns bpnt.batch_answer
language sql immutable set search_path = bpnt, pg_temp as $$
    select null::integer, true,
        case when p_trailer or same_claim(r, r.our_sales, r.our_sales_amount, r.our_refunds, r.our_refunds_amount)
            then 1 else 80 end::smallint,
        p_replay, case when p_trailer then r.settled_at else r.at end, r.sent_batch, r.our_sales, r.our_sales_amount,
        r.our_refunds, r.our_refunds_amount, r.our_voids, r.our_voids_amount, r.masthead;
$$;

-- Does the terminal have anything of which no settlement message spoke: an earlier batch, or something in the open one?
create function bpnt.unspoken(p_terminal integer, p_batch integer) returns boolean
language sql stable
set search_path = bpnt, pg_temp
set enable_seqscan = off
as $$
    select exists (select from batch b where b.terminal = p_terminal and b.reconciliation is null)
        or exists (select from bucket b cross join lateral (
            select from message m where m.bucket = b.id and m.terminal = p_terminal and m.batch = p_batch
               and m.outcome = 1 and m.class in ('R', 'V', 'N') limit 1) m);
$$;

-- The answer that a settlement message was given before: the same STAN and batch number within a day. A terminal that was
-- reset since (epoch) may use both again. Ordered by the whole index: by the number alone, and without figures, the planner
-- read the primary key backwards until it met the terminal (24 ms instead of 2 after eight days).
create function bpnt.batch_heard(p_now timestamptz, p_terminal integer, p_epoch smallint, p_stan integer, p_sent integer,
    p_trailer boolean) returns bpnt.reconciliation
language sql stable
set search_path = bpnt, pg_temp
set enable_seqscan = off
as $$
    select r.* from (select * from reconciliation r where r.terminal = p_terminal order by r.terminal desc, r.id desc limit 100) r
     where r.epoch = p_epoch and case when p_trailer then r.trailer_stan = p_stan and r.settled_at > p_now - interval '1 day'
           else r.stan = p_stan and r.sent_batch is not distinct from p_sent and r.at > p_now - interval '1 day' end
     order by r.id desc limit 1;
$$;

-- Decides a settlement message as far as it can be decided without the batch's sums; what a null answer.outcome leaves
-- open, batch_end decides. Order of precedence: terminal, outlet, identity, then the batch.
create function bpnt.batch_begin(
    p_now timestamptz, p_link smallint, p_tid text, p_mid text, p_stan integer, p_sent integer, p_sales integer,
    p_sales_amount bigint, p_refunds integer, p_refunds_amount bigint, p_trailer boolean
) returns bpnt.batch_answer
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
as $$
declare
    v_now   timestamptz;
    t       terminal;
    v_last  reconciliation;
    v_same  reconciliation;
    v_again boolean; -- it speaks of a batch of which another has spoken
begin
    select * into t from terminal x where x.link = p_link and x.tid = p_tid and x.status <> 'unregistered' for update;
    v_now := clock(p_now);
    if t.id is null then
        return batch_refused(20, v_now, p_sent);
    elsif p_mid <> '' and not exists ( -- lent since the batch was opened: it may still name the outlet where it stood
            select from outlet o where o.mid = p_mid and (o.id = t.outlet
               or exists (select from stay s where s.terminal = t.id and s.outlet = o.id))) then
        return batch_refused(22, v_now, p_sent);
    elsif exists (select from link k where k.id = p_link and k.day is not null) then -- its days are the switch's
        return batch_refused(81, v_now, p_sent);
    end if;

    select * into v_last from reconciliation r where r.terminal = t.id order by r.terminal desc, r.id desc limit 1;
    if v_last.status = 'open' then
        return batch_pending(v_last, not p_trailer and v_last.stan = p_stan and v_last.sent_batch is not distinct from p_sent
            and same_claim(v_last, p_sales, p_sales_amount, p_refunds, p_refunds_amount));
    end if;
    v_same := batch_heard(v_now, t.id, t.epoch, p_stan, p_sent, p_trailer);
    if v_same.id is not null then
        if p_trailer or same_claim(v_same, p_sales, p_sales_amount, p_refunds, p_refunds_amount) then
            return batch_told(v_same, p_trailer, true);
        end if;
        return batch_refused(10, v_now, p_sent);
    end if;

    v_again := v_last.status in ('agreed', 'closed') and v_last.sent_batch is not distinct from p_sent
        and not unspoken(t.id, t.batch);
    if p_trailer then
        return batch_trailer(v_now, t, v_last, p_stan, p_sent, coalesce(v_again, false));
    elsif v_again and same_claim(v_last, p_sales, p_sales_amount, p_refunds, p_refunds_amount) then
        return batch_told(v_last, false, true);
    elsif v_again and (p_sales, p_sales_amount, p_refunds, p_refunds_amount) <> (0, 0, 0, 0) then
        return batch_refused(82, v_now, p_sent);
    end if;
    if v_last.status = 'disputed' then
        update reconciliation r set status = 'superseded' where r.id = v_last.id;
        update batch b set reconciliation = null where b.reconciliation = v_last.id;
    end if;
    return batch_close(v_now, t, p_stan, p_sent, p_sales, p_sales_amount, p_refunds, p_refunds_amount);
end
$$;

create function bpnt.batch_pending(r bpnt.reconciliation, p_own boolean) returns bpnt.batch_answer
language sql immutable as $$
    select r.id, p_own, 0::smallint, false, r.at, r.sent_batch, 0, 0::bigint, 0, 0::bigint, 0, 0::bigint, r.masthead;
$$;

-- Opens the terminal's next batch, and a reconciliation that speaks of all that nobody spoke of.
create function bpnt.batch_close(p_now timestamptz, t bpnt.terminal, p_stan integer, p_sent integer, p_sales integer,
    p_sales_amount bigint, p_refunds integer, p_refunds_amount bigint) returns bpnt.batch_answer
language plpgsql volatile
set search_path = bpnt, pg_temp
set enable_seqscan = off
as $$
declare
    r reconciliation;
begin
    insert into batch (link, terminal, no, closed_by, closed_at, business_date)
    values (t.link, t.id, t.batch, 'T', p_now, business_date(p_now));
    update terminal x set batch = x.batch + 1 where x.link = t.link and x.tid = t.tid;
    insert into reconciliation (link, terminal, epoch, stan, sent_batch, at, business_date, status, their_sales,
        their_sales_amount, their_refunds, their_refunds_amount, masthead)
    select t.link, t.id, t.epoch, p_stan, p_sent, p_now, business_date(p_now), 'open', p_sales, p_sales_amount, p_refunds,
        p_refunds_amount, (select o.masthead from outlet o where o.id = t.outlet)
    returning * into r;
    update batch b set reconciliation = r.id where b.terminal = t.id and b.reconciliation is null;
    return batch_pending(r, true);
end
$$;

-- The trailer closes what is disputed: our totals win, and the difference is for people.
create function bpnt.batch_trailer(p_now timestamptz, t bpnt.terminal, p_last bpnt.reconciliation, p_stan integer,
    p_sent integer, p_again boolean) returns bpnt.batch_answer
language plpgsql volatile
set search_path = bpnt, pg_temp
set enable_seqscan = off
as $$
declare
    r reconciliation;
begin
    if p_again then
        return batch_told(p_last, true, true);
    elsif p_last.status is distinct from 'disputed' then
        return batch_refused(81, p_now, p_sent);
    end if;
    update reconciliation x set status = 'closed', settled_at = p_now, trailer_stan = p_stan
     where x.id = p_last.id returning * into r;
    perform note_totals('batch_totals', p_now, r);
    return batch_told(r, true, false);
end
$$;

-- Sums what a reconciliation speaks of, compares and decides; every bucket was passed since its batches were closed.
create function bpnt.batch_end(p_now timestamptz, p_reconciliation integer) returns bpnt.batch_answer
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_now timestamptz;
    t     terminal;
    r     reconciliation;
begin
    select * into r from reconciliation x where x.id = p_reconciliation;
    select * into strict t from terminal x where x.id = r.terminal for update;
    select * into r from reconciliation x where x.id = p_reconciliation;
    if r.status <> 'open' then
        return batch_told(r, false, true);
    end if;
    v_now := clock(p_now);
    perform batch_sum(b.id) from batch b where b.reconciliation = r.id and b.sales is null;
    update reconciliation x set status = case when same_claim(x, s.sales, s.sales_amount, s.refunds, s.refunds_amount)
               then 'agreed' else 'disputed' end,
           settled_at = case when same_claim(x, s.sales, s.sales_amount, s.refunds, s.refunds_amount) then v_now end,
           our_sales = s.sales, our_sales_amount = s.sales_amount, our_refunds = s.refunds,
           our_refunds_amount = s.refunds_amount, our_voids = s.voids, our_voids_amount = s.voids_amount
      from (select sum(b.sales - b.voids)::integer as sales, sum(b.sales_amount - b.voids_amount)::bigint as sales_amount,
                   sum(b.voids)::integer as voids, sum(b.voids_amount)::bigint as voids_amount,
                   sum(b.refunds)::integer as refunds, sum(b.refunds_amount)::bigint as refunds_amount
              from batch b where b.reconciliation = r.id) s
     where x.id = r.id
    returning x.* into r;
    perform batch_number(v_now, t, r);
    return batch_told(r, false, false);
end
$$;

-- What the terminal calls its batch (DE60) should stand in all that is in it. Batches that were forgotten had other numbers.
create function bpnt.batch_number(p_now timestamptz, t bpnt.terminal, r bpnt.reconciliation) returns void
language plpgsql volatile
set search_path = bpnt, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_count   integer;
    v_numbers text;
begin
    select count(*), string_agg(distinct m.sent_batch::text, ', ') into v_count, v_numbers
      from batch b cross join bucket k cross join lateral (
        select m.sent_batch from message m where m.bucket = k.id and m.terminal = b.terminal and m.batch = b.no
           and m.outcome = 1 and m.class in ('R', 'V', 'N') and m.sent_batch <> r.sent_batch) m
     where b.reconciliation = r.id and b.closed_by = 'T' and b.closed_at >= r.at;
    if v_count > 0 then
        perform note_settlement('batch_number/' || r.id, 'batch_number', p_now, t.link, t.id, r.stan, null, null,
            format('the settlement names batch %s, %s messages in it name %s', r.sent_batch, v_count, v_numbers));
    end if;
end
$$;
