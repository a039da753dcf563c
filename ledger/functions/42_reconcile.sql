-- The sums of a closed batch, and a switch's figures against ours.

-- What counts in a terminal's batch, as table batch has it. Only a reversal within the batch counts against it: so the
-- sums are the same whenever they are taken, once every bucket was passed.
create function bpnt.batch_sums(p_terminal integer, p_batch integer) returns bigint[]
language plpgsql stable
set search_path = bpnt, pg_temp
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set plan_cache_mode = force_generic_plan
as $$
declare
    v_sums bigint[];
begin
    select array[
            count(*) filter (where k.sale),     coalesce(sum(m.amount) filter (where k.sale), 0),
            count(*) filter (where k.void),     coalesce(sum(m.amount) filter (where k.void), 0),
            count(*) filter (where k.refund),   coalesce(sum(m.amount) filter (where k.refund), 0),
            count(*) filter (where k.reversed), coalesce(sum(m.back) filter (where k.reversed), 0),
            count(*) filter (where k.restored), coalesce(sum(m.back) filter (where k.restored), 0)
        ]::bigint[] into v_sums
      from bucket b cross join lateral (
        -- Of a purchase of which a part was refunded, its reversal gave back the rest: the refunded part stays a sale.
        select m.class, u.back, m.amount - coalesce(u.back, 0) as amount
          from message m left join lateral (
            select case m.class when 'R' then given_back(v.bucket, v.id) else v.amount end as back from message v
             where v.bucket = m.bucket and v.terminal = m.terminal and v.stan = m.stan
               and v.class = lower(m.class::text)::"char" and v.pan = m.pan
               and v.generation = m.generation and v.outcome = 2 and v.batch = m.batch
             limit 1) u on true
         where m.bucket = b.id and m.terminal = p_terminal and m.batch = p_batch
           and m.outcome = 1 and m.class in ('R', 'V', 'N')) m
     cross join lateral (
        select m.class = 'R' and m.amount > 0 as sale, m.class = 'V' and m.amount > 0 as void,
               m.class = 'N' and m.amount > 0 as refund, m.class = 'R' and m.back > 0 as reversed,
               m.class <> 'R' and m.back > 0 as restored) k;
    return v_sums;
end
$$;

create function bpnt.batch_store(p_batch integer, s bigint[]) returns void
language plpgsql volatile set search_path = bpnt, pg_temp as $$
begin
    update batch b set sales = s[1], sales_amount = s[2], voids = s[3], voids_amount = s[4], refunds = s[5],
        refunds_amount = s[6], reversals = s[7], reversals_amount = s[8], restored = s[9], restored_amount = s[10]
     where b.id = p_batch;
end
$$;

-- Stores the sums of a terminal's batch.
create function bpnt.batch_sum(p_batch integer) returns void
language sql volatile set search_path = bpnt, pg_temp as $$
    select batch_store(b.id, batch_sums(b.terminal, b.no)) from batch b where b.id = p_batch;
$$;

-- What some terminals of a link have in a switch's day, in one bucket: each message and each reversal for itself. p_more
-- says that there are terminals behind p_last.
create function bpnt.day_sums(p_link smallint, p_day integer, p_bucket smallint, p_after text, p_limit integer,
    out sums bigint[], out last_tid text, out more boolean)
language plpgsql stable
set search_path = bpnt, pg_temp
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set plan_cache_mode = force_generic_plan
as $$
begin
    with page as materialized (
        select t.id, t.tid from terminal t where t.link = p_link and t.tid > p_after order by t.tid limit p_limit
    ), heard as (
        select m.class, m.amount from page t cross join lateral (
            select m.class, case m.class when 'r' then given_back(m.bucket, m.id) else m.amount end as amount from message m
             where m.bucket = p_bucket and m.terminal = t.id and m.batch = p_day
               and (m.outcome = 1 and m.class in ('R', 'V', 'N') or m.outcome = 2 and m.class in ('r', 'v', 'n'))) m
    )
    select array[
            count(*) filter (where class = 'R'), coalesce(sum(amount) filter (where class = 'R'), 0),
            count(*) filter (where class = 'V'), coalesce(sum(amount) filter (where class = 'V'), 0),
            count(*) filter (where class = 'N'), coalesce(sum(amount) filter (where class = 'N'), 0),
            count(*) filter (where class = 'r'), coalesce(sum(amount) filter (where class = 'r'), 0),
            count(*) filter (where class in ('v', 'n')), coalesce(sum(amount) filter (where class in ('v', 'n')), 0)
        ]::bigint[], (select max(tid) from page), (select count(*) from page) = p_limit
      into sums, last_tid, more from heard;
end
$$;

-- Brings the sums of a closed batch one step further; true when they stand. Every bucket must have been passed since it
-- was closed: p_passed says so, else this only looks. A switch's day takes many steps, each of which stays.
create function bpnt.batch_step(p_batch integer, p_passed boolean) returns boolean
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
as $$
declare
    b      batch;
    v_part batch_part;
    v_step record;
begin
    select * into b from batch x where x.id = p_batch for update;
    if not found or b.sales is not null then
        return true;
    elsif not p_passed then
        return false;
    elsif b.terminal is not null then
        perform batch_sum(b.id);
        return true;
    end if;
    select * into v_part from batch_part x where x.batch = p_batch;
    if not found then
        v_part := row(p_batch, 0, '', array_fill(0::bigint, array[10]));
        insert into batch_part select v_part.*;
    end if;
    select * into v_step from day_sums(b.link, b.no, v_part.bucket, v_part.tid, 100);
    v_part.sums := (select array_agg(x + y order by n) from unnest(v_part.sums, v_step.sums) with ordinality s (x, y, n));
    if not v_step.more and v_part.bucket + 1 = (select buckets from ledger) then
        perform batch_store(p_batch, v_part.sums);
        delete from batch_part x where x.batch = p_batch;
        return true;
    end if;
    update batch_part x set sums = v_part.sums, tid = case when v_step.more then v_step.last_tid else '' end,
        bucket = case when v_step.more then x.bucket else x.bucket + 1 end
     where x.batch = p_batch;
    return false;
end
$$;

-- The batch that holds a switch's day: that of a date as DE15 writes it (MMDD), or the newest that is over.
create function bpnt.switch_day(p_link smallint, p_date text) returns integer
language plpgsql stable security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
as $$
declare
    v_day date := (select day_named(p_date, k.business_date) from link k where k.id = p_link);
begin
    return (select b.id from batch b
             where b.link = p_link and b.terminal is null and (p_date = '' or b.business_date = v_day)
             order by b.no desc limit 1);
end
$$;

-- Compares a switch's figures with those of its day. The same figures again get the answer that they got; others take
-- the place of those before.
create function bpnt.switch_compare(
    p_now timestamptz, p_link smallint, p_batch integer, p_stan integer, p_debits integer, p_debits_amount bigint,
    p_debit_reversals integer, p_debit_reversals_amount bigint, p_credits integer, p_credits_amount bigint,
    p_credit_reversals integer, p_credit_reversals_amount bigint, p_net bigint,
    out outcome smallint, out replay boolean, out at timestamptz, out debits integer, out debits_amount bigint,
    out debit_reversals integer, out debit_reversals_amount bigint, out credits integer, out credits_amount bigint,
    out credit_reversals integer, out credit_reversals_amount bigint)
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    v_now  timestamptz;
    b      batch;
    r      reconciliation;
    v_same boolean; -- the figures are those that were named before
begin
    perform from link k where k.id = p_link for update;
    v_now := clock(p_now);
    select * into b from batch x where x.id = p_batch and x.sales is not null;
    select * into r from reconciliation x where x.id = b.reconciliation;
    v_same := (r.their_sales, r.their_sales_amount, r.their_reversals, r.their_reversals_amount, r.their_refunds,
               r.their_refunds_amount, r.their_restored, r.their_restored_amount, r.their_net)
            = (p_debits, p_debits_amount, p_debit_reversals, p_debit_reversals_amount, p_credits, p_credits_amount,
               p_credit_reversals, p_credit_reversals_amount, p_net);
    if b.id is null or r.stan = p_stan and r.at > v_now - interval '1 day' and not v_same then
        select case when b.id is null then 81 else 10 end, false, v_now, 0, 0, 0, 0, 0, 0, 0, 0
          into outcome, replay, at, debits, debits_amount, debit_reversals, debit_reversals_amount, credits, credits_amount,
               credit_reversals, credit_reversals_amount;
        return;
    end if;
    replay := coalesce(v_same, false);
    if not replay then
        update reconciliation x set status = 'superseded' where x.id = r.id;
        insert into reconciliation (link, epoch, stan, at, business_date, status, their_sales, their_sales_amount,
            their_refunds, their_refunds_amount, their_reversals, their_reversals_amount, their_restored,
            their_restored_amount, their_net,
            our_sales, our_sales_amount, our_refunds, our_refunds_amount, our_reversals, our_reversals_amount,
            our_restored, our_restored_amount, our_voids, our_voids_amount)
        select p_link, 0, p_stan, v_now, b.business_date, 'open', p_debits, p_debits_amount, p_credits, p_credits_amount,
            p_debit_reversals, p_debit_reversals_amount, p_credit_reversals, p_credit_reversals_amount, p_net,
            b.sales, b.sales_amount, b.voids + b.refunds, b.voids_amount + b.refunds_amount, b.reversals,
            b.reversals_amount, b.restored, b.restored_amount, b.voids, b.voids_amount
        returning * into r;
        update reconciliation x set status = case when switch_agrees(r) then 'agreed' else 'disputed' end,
            settled_at = case when switch_agrees(r) then v_now end where x.id = r.id;
        update batch x set reconciliation = r.id where x.id = b.id;
        perform switch_differs(v_now, r) where not switch_agrees(r);
    end if;
    select case when switch_agrees(r) then 1 else 80 end, r.at, r.our_sales, r.our_sales_amount, r.our_reversals,
           r.our_reversals_amount, r.our_refunds, r.our_refunds_amount, r.our_restored, r.our_restored_amount
      into outcome, at, debits, debits_amount, debit_reversals, debit_reversals_amount, credits, credits_amount,
           credit_reversals, credit_reversals_amount;
end
$$;

create function bpnt.switch_net(r bpnt.reconciliation) returns bigint language sql immutable as $$
    select r.our_sales_amount - r.our_reversals_amount - r.our_refunds_amount + r.our_restored_amount;
$$;

create function bpnt.switch_agrees(r bpnt.reconciliation) returns boolean
language sql immutable set search_path = bpnt, pg_temp as $$
    select (r.their_sales, r.their_sales_amount, r.their_reversals, r.their_reversals_amount, r.their_refunds,
            r.their_refunds_amount, r.their_restored, r.their_restored_amount, r.their_net)
         = (r.our_sales, r.our_sales_amount, r.our_reversals, r.our_reversals_amount, r.our_refunds, r.our_refunds_amount,
            r.our_restored, r.our_restored_amount, switch_net(r));
$$;

create function bpnt.switch_differs(p_now timestamptz, r bpnt.reconciliation) returns void
language plpgsql volatile set search_path = bpnt, pg_temp as $$
begin
    perform note_settlement('switch_totals/' || r.id, 'switch_totals', p_now, r.link, null, r.stan, r.their_net,
        switch_net(r),
        format('day %s, count and Rp, theirs against ours: debits %s %s, %s %s; their reversals %s %s, %s %s; '
            'credits %s %s, %s %s; their reversals %s %s, %s %s',
            r.business_date, r.their_sales, r.their_sales_amount, r.our_sales, r.our_sales_amount, r.their_reversals,
            r.their_reversals_amount, r.our_reversals, r.our_reversals_amount, r.their_refunds,
            r.their_refunds_amount, r.our_refunds, r.our_refunds_amount, r.their_restored,
            r.their_restored_amount, r.our_restored, r.our_restored_amount));
end
$$;
