-- Reversals.

-- undo() decides the reversals (kind 3) and the gateway's own tombstones (kind 4) of a batch; post() calls it under
-- the bucket's lock. The state table stands in docs/protocol.md and TestStateTable walks it.
--
-- m is the newest row under the original's key, x the newest one with the reversal's processing code and amount, v the
-- reversal that was heard of x before. Terminal, outlet, card and PIN play no part: money must always find its way
-- back. What is older than a day may belong to an earlier use of the same STAN: an original that can still be credited
-- is, at any age; else the reversal is taken as one of an original that has not come yet, and leaves a tombstone.
-- After terminal reset (epoch) the terminal's memory is gone, so originals before it count for a day only.
--
-- Nearly all reversals are of a redemption that nothing was done about since, and are carried out together. What must be
-- looked at more closely is done one by one (alone): a void or a refund, and a redemption that was voided, refunded or
-- handed out on credit.
--
-- A reversal counts in the batch of what it reverses while that is open; else in none, and is noted as a late correction.
-- A switch counts it in the day on which it comes, and so do we on its link.
create function bpnt.undo(
    p_bucket smallint, p_now timestamptz, p_first bigint, p_date date,
    p_kind smallint[], p_link smallint[], p_tid text[], p_stan integer[], p_pan uuid[], p_code integer[],
    p_amount bigint[], p_stamp bigint[], p_atc integer[], p_invoice text[], p_batch integer[],
    p_nii smallint[], p_entry_mode smallint[], p_window interval[], p_shut integer[], p_day integer[]
) returns setof bpnt.decision language plpgsql volatile
set search_path = bpnt, pg_temp
as $$
#variable_conflict use_column
declare
    v record;
    d decision;
begin
    if exists (select from unnest(p_link, p_tid) r (link, tid)
                where not exists (select from terminal t where t.link = r.link and t.tid = r.tid)) then
        insert into terminal (link, tid, status)
        select distinct r.link, r.tid, 'unregistered' from unnest(p_link, p_tid) r (link, tid) order by 1, 2
        on conflict do nothing;
    end if;

    for v in
    with seen as (
        select r.n::integer, r.kind, r.link, t.id as terminal, t.outlet, o.bank, r.stan, r.pan, r.code, r.amount, r.stamp, r.atc, r.invoice,
            r.batch, r.nii, r.entry_mode, k.class, lower(k.class::text)::"char" as undo_class,
            coalesce(p_day[r.link], t.batch) as in_batch, coalesce(t.epoch, 0::smallint) as epoch, o.masthead, c.forward,
            m.generation as m_generation, m.outcome as m_outcome,
            m.epoch >= coalesce(t.epoch, m.epoch) and p_now - m.at < interval '1 day' as m_recent,
            m.id is not null
            and (m.epoch >= coalesce(t.epoch, m.epoch) or r.kind = 4 and p_now - m.at < interval '1 day')
            and not is_older_message(
                p_now - m.at, r.time_window, m.outcome = 5, m.atc, m.stamp, m.invoice, m.sent_batch,
                r.atc, r.stamp, r.invoice, r.batch) as m_known,
            x.id as x_id, x.generation as x_generation, x.outcome as x_outcome, x.family as x_family,
            x.batch as x_batch, x.original as x_original, k.class in ('V', 'N') or g.advance or coalesce(w2.yes, false) as alone,
            v.id as v_id, v.outcome as v_outcome, v.balance as v_balance, v.at as v_at, coalesce(v.sent_batch, v.batch) as v_batch,
            v.invoice as v_invoice, v.nii as v_nii, v.entry_mode as v_entry_mode, v.masthead as v_masthead, v.generation as v_generation,
            v.epoch >= coalesce(t.epoch, v.epoch) and p_now - v.at < interval '1 day' as v_recent, w.total, g.back,
            row_number() over (partition by coalesce(x.family, -r.n) order by r.n) > 1 as again
        from unnest(p_kind, p_link, p_tid, p_stan, p_pan, p_code, p_amount, p_stamp, p_atc, p_invoice, p_batch, p_nii,
                p_entry_mode, p_window) with ordinality
            as r (kind, link, tid, stan, pan, code, amount, stamp, atc, invoice, batch, nii, entry_mode, time_window, n)
        cross join lateral (
            select case r.code / 10000 when 0 then 'R' when 1 then 'R' when 2 then 'V' when 20 then 'N' when 30 then 'I' when 31 then 'I' else 'O'
                end::"char" as class) k
        left join terminal t on t.link = r.link and t.tid = r.tid
        left join outlet o on o.id = t.outlet
        left join card c on c.bucket = p_bucket and c.pan = r.pan
        left join lateral (
            select * from message m
             where m.bucket = p_bucket and m.terminal = t.id and m.stan = r.stan
               and m.class = k.class and m.pan = r.pan
             order by m.generation desc limit 1) m on true
        left join lateral (
            select * from message x
             where x.bucket = p_bucket and x.terminal = t.id and x.stan = r.stan
               and x.class = k.class and x.pan = r.pan
               and x.processing_code = r.code and x.amount = r.amount
               and (x.epoch >= coalesce(t.epoch, x.epoch) or p_now - x.at < interval '1 day')
             order by x.generation desc limit 1) x on true
        left join lateral (
            -- The reversal that was heard of x; or that left x as its tombstone when it credited an older row.
            select * from message v
             where v.bucket = p_bucket and v.terminal = t.id and v.stan = r.stan
               and v.class = lower(k.class::text)::"char" and v.pan = r.pan
               and v.processing_code = r.code and v.amount = r.amount
               and (v.generation = x.generation or x.outcome = 5 and v.at = x.at and v.generation < x.generation)
             order by v.generation desc limit 1) v on true
        left join lateral (
            -- The original's programme, and how much of its amount may be spent again once it is back.
            select min(o.programme) as programme, coalesce(bool_or(o.kind = 'A'), false) as advance, coalesce(sum(o.amount) filter (
                       where u.state in ('O', 'E') and t.status = 'open'), 0)::bigint as back
              from posting o
              left join purse u on o.kind = 'R' and u.bucket = p_bucket and u.programme = o.programme and u.period = o.period and u.family = o.from_id
              left join tranche t on t.id = u.tranche
             where o.bucket = p_bucket and o.message = x.id and o.kind in ('R', 'A')) g on true
        left join lateral (
            select true as yes from message w where x.outcome = 1 and w.bucket = p_bucket and w.original = x.id limit 1) w2 on true
        left join lateral (
            select sum(p.balance)::bigint as total from purse p
             where p.bucket = p_bucket and p.family = coalesce(x.family, c.family)
               and p.programme = coalesce(g.programme, p.programme)
               and p.state = 'O' and p.tranche <> all (p_shut)) w on true
    ), decided as materialized (
        select s.*, p_first + s.n as new_id,
            case
                when s.again then 0
                when s.kind = 4 then case when s.m_known then s.m_outcome when s.forward is not null then 0 else 11 end
                -- The original of a forwarded card stands in the family's bucket, unless this one shut it out.
                when s.forward is not null and not coalesce(s.m_recent or s.m_known and s.m_outcome = 5, false) then 0
                when s.v_recent then s.v_outcome
                when s.x_outcome = 1 and s.v_id is null and s.class in ('R', 'V', 'N') then case
                    when not s.alone then 2
                    when s.class = 'R' then case when exists (select from standing(p_bucket, s.x_id)) then 2 else 3 end
                    -- What was undone stands again, unless its redemption was reversed.
                    else case when cancelled(p_bucket, s.x_original) then 3 else 2 end end
                when s.m_recent and s.m_generation is distinct from s.x_generation then 12
                when s.m_recent and s.x_outcome <> 5 then 3
                else 4
            end::smallint as outcome,
            not s.again and case when s.kind = 4 then s.m_known else coalesce(s.v_recent, false) end as replay
        from seen s
    ), placed as materialized (
        -- bury: a tombstone is to stand in the original's place. heard: the reversal is new and is stored.
        -- No late original passes a row of the last day: it is reversed, declined, a tombstone, or of other content.
        select d.*, b.bury, h.heard, h.heard and d.outcome = 2 and d.alone as by_itself,
            case when d.outcome <> 2 or d.x_batch = d.in_batch or p_day[d.link] is not null then d.in_batch end as counts_in,
            coalesce(d.m_generation + 1, 0)::smallint as tomb_generation,
            case when b.bury and d.outcome = 4 then coalesce(d.m_generation + 1, 0)
                 else d.x_generation end::smallint as new_generation
        from decided d cross join lateral (
            select not d.replay and (d.kind = 4 and d.outcome = 11
                or d.kind = 3 and d.outcome in (2, 3, 4) and d.m_recent is not true) as bury) b
        cross join lateral (select d.kind = 3 and not d.replay and d.outcome in (2, 3, 4) as heard) h
    ), credit as materialized (
        -- Where the purse was closed meanwhile, the money goes on at once to where that purse's went (on_kind). One that
        -- was emptied and set aside is opened again, or closed with its tranche.
        select d.n, d.new_id, d.new_id + 2 * cardinality(p_kind) as on_id, o.from_id as family, o.to_id as outlet, o.programme,
            o.period, o.amount, o.line, d.counts_in as batch, u.message as old_message, u.tranche, s.state,
            case s.state when 'O' then null when 'F' then null when 'C' then 'C' else 'X' end::"char" as on_kind
          from placed d join posting o on o.bucket = p_bucket and o.message = d.x_id and o.kind = 'R'
          join purse u on u.bucket = p_bucket and u.programme = o.programme and u.period = o.period and u.family = o.from_id
          join tranche t on t.id = u.tranche
         cross join lateral (
            select case when u.state <> 'E' then u.state when t.status = 'open' then 'O' else t.closing end as state) s
         where d.heard and d.outcome = 2 and not d.alone
    ), moved as (
        update purse p set state = b.state,
            balance = p.balance + case when b.on_kind is null then b.amount else 0 end,
            granted = p.granted - case when b.on_kind = 'C' then b.amount else 0 end,
            before_message = case when b.on_kind is null then p.message else b.new_id end,
            message = case when b.on_kind is null then b.new_id else b.on_id end
          from credit b
         where p.bucket = p_bucket and p.family = b.family and p.programme = b.programme and p.period = b.period
        returning b.*
    ), posted as (
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period,
            amount, business_date, batch, previous)
        select p_bucket, v.new_id, v.line, 'U', 'O', v.outlet, case v.state when 'F' then 'Z' else 'P' end::"char", v.family,
            v.programme, v.period, v.amount, p_date, v.batch, v.old_message
          from moved v
        union all
        select p_bucket, v.on_id, v.line, v.on_kind, 'P', v.family, case v.on_kind when 'C' then 'F' else 'T' end::"char",
            case v.on_kind when 'C' then v.tranche else v.programme end, v.programme, v.period, v.amount, p_date, null, v.new_id
          from moved v where v.on_kind is not null
    ), stored as (
        insert into message (bucket, terminal, stan, class, pan, generation, id, at, epoch, processing_code,
            amount, stamp, atc, invoice, sent_batch, batch, outcome, balance, nii, entry_mode, masthead, family, original)
        select p_bucket, d.terminal, d.stan, d.undo_class, d.pan, d.new_generation, d.new_id, p_now, d.epoch, d.code,
            d.amount, d.stamp, d.atc, d.invoice, d.batch, d.counts_in, d.outcome,
            coalesce(d.total, 0) + case when d.outcome = 2 then d.back else 0 end,
            d.nii, d.entry_mode, d.masthead, d.x_family, case when d.outcome in (2, 3) then d.x_id end
          from placed d where d.heard and not d.by_itself
        union all
        select p_bucket, d.terminal, d.stan, d.class, d.pan, d.tomb_generation, d.new_id + cardinality(p_kind), p_now,
            d.epoch, d.code, d.amount, d.stamp, d.atc, d.invoice, d.batch, d.in_batch, 5, 0,
            d.nii, d.entry_mode, d.masthead, null, null
          from placed d where d.bury
    )
    select row(d.n, d.outcome, d.replay, d.again,
        case when not d.again and d.outcome = 0 then d.forward end,
        case when d.kind = 4 then 0 when d.replay then d.v_id when d.heard then d.new_id else 0 end,
        d.amount,
        case when d.replay then coalesce(d.v_balance, 0)
             when d.heard then coalesce(d.total, 0) + case when d.outcome = 2 then d.back else 0 end
             else 0 end,
        case when d.replay then coalesce(d.v_at, p_now) else p_now end,
        case when d.replay then d.v_batch else coalesce(d.batch, d.in_batch) end,
        case when d.replay then coalesce(d.v_invoice, d.invoice) else d.invoice end,
        case when d.replay then d.v_nii else d.nii end,
        case when d.replay then d.v_entry_mode else d.entry_mode end,
        case when d.replay then d.v_masthead else d.masthead end,
        null::smallint,
        coalesce(case when d.replay then d.v_generation when d.kind = 4 and d.bury then d.tomb_generation else d.new_generation end,
            d.m_generation, 0::smallint))::decision as decided, d.by_itself, d.counts_in,
        d.heard and d.outcome = 2 and d.counts_in is null as late, coalesce(d.x_original, d.x_id) as redemption,
        row(d.n, d.kind, d.link, null, d.stan, d.pan, d.code, d.amount, null, null, null, d.stamp, d.atc, d.invoice, d.batch, d.nii,
            d.entry_mode, null, null, d.x_id, p_bucket, p_now, p_date, p_shut, d.new_id, cardinality(p_kind), d.undo_class,
            d.terminal, true, d.outlet, d.masthead, d.bank, d.epoch, d.in_batch, d.new_generation, d.x_family, d.outcome)::amendment as a
    from placed d
    where all_moved((select count(*) from credit), (select count(*) from moved))
    loop
        d := v.decided;
        if v.by_itself then
            d.balance := undo_one(v.a, v.redemption, v.counts_in);
        end if;
        if v.late then
            perform note_amendment(v.a, 'late_correction', null, d.amount, case (v.a).class
                when 'r' then 'a purchase of a closed batch was reversed'
                when 'v' then 'a void of a closed batch was undone'
                else 'a refund of a closed batch was undone' end);
        end if;
        return next d;
    end loop;
end
$$;
