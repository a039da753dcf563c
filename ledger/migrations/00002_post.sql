-- The rules of money. post() is the only way in which a terminal's message reaches the books.

-- +goose Up

-- +goose StatementBegin
create function bpnt.lock_bucket(p_bucket smallint) returns void language sql as $$
    select pg_advisory_xact_lock(8583, p_bucket);
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function bpnt.business_date(p_at timestamptz) returns date language sql stable as $$
    select ((p_at at time zone l.time_zone) - l.cut_over)::date from bpnt.ledger l;
$$;
-- +goose StatementEnd

-- What the hash chain covers of a posting. Numbers only, so that no session setting changes the text.
-- +goose StatementBegin
create function bpnt.posting_text(p bpnt.posting) returns text language sql stable as $$
    select concat_ws('|', p.message, p.line, p.kind, p.from_kind, p.from_id, p.to_kind, p.to_id, p.programme, p.period,
        p.amount, p.business_date - date '2000-01-01', coalesce(p.batch, -1), coalesce(p.previous, -1)) || E'\n';
$$;
-- +goose StatementEnd

-- Ends a call: writes the flush row over the postings numbered above the bucket's counter up to p_last and moves the
-- counter. The caller holds the bucket's lock.
-- +goose StatementBegin
create function bpnt.end_flush(p_bucket smallint, p_last bigint, p_now timestamptz) returns void
language plpgsql as $$
declare
    v_head   bpnt.bucket;
    v_text   text;
    v_lines  integer;
    v_digest bytea;
begin
    select * into strict v_head from bpnt.bucket where id = p_bucket;
    select string_agg(t.line, ''), count(*) into v_text, v_lines
      from (select bpnt.posting_text(p) as line from bpnt.posting p
             where p.bucket = p_bucket and p.message > v_head.message_no and p.message <= p_last
             order by p.message, p.line) t;
    if v_lines = 0 then
        update bpnt.bucket set message_no = p_last where id = p_bucket;
        return;
    end if;
    v_digest := sha256(v_head.digest || convert_to(v_text, 'UTF8'));
    insert into bpnt.flush (bucket, no, first_message, last_message, at, postings, digest)
    values (p_bucket, v_head.flush_no + 1, v_head.message_no + 1, p_last, p_now, v_lines, v_digest);
    update bpnt.bucket set message_no = p_last, flush_no = v_head.flush_no + 1, digest = v_digest where id = p_bucket;
end
$$;
-- +goose StatementEnd

-- Is the message that is stored under this key an older one, so that the one at hand is a new message and no repeat
-- of it (DESIGN D5)? Arguments: the stored row's age and discriminators, then those at hand. Null stands for "not
-- carried"; an empty invoice too.
-- +goose StatementBegin
create function bpnt.is_older_message(
    p_age interval, p_window interval, p_tombstone boolean,
    m_atc integer, m_stamp bigint, m_invoice text, m_batch integer,
    r_atc integer, r_stamp bigint, r_invoice text, r_batch integer
) returns boolean language sql immutable as $$
    select case
        when p_age < interval '1 day' then false
        -- A tombstone holds for the whole window, whatever invoice or clock the late original carries.
        when p_tombstone and p_age < p_window then false
        when m_atc <> r_atc or m_stamp <> r_stamp or m_batch <> r_batch then true
        when m_invoice <> r_invoice and m_invoice <> '' and r_invoice <> '' then true
        when p_age >= p_window then not (coalesce(m_atc = r_atc, false) or coalesce(m_stamp = r_stamp, false))
        else false
    end;
$$;
-- +goose StatementEnd

-- Raises when a decided movement did not reach its purse: somebody wrote without the bucket's lock.
-- +goose StatementBegin
create function bpnt.all_moved(p_decided bigint, p_moved bigint) returns boolean language plpgsql as $$
begin
    if p_decided <> p_moved then
        raise exception 'decided % movements of purses but made %: a writer without the bucket''s lock', p_decided, p_moved;
    end if;
    return true;
end
$$;
-- +goose StatementEnd

-- What post() answers to one request: the Go type Result. moved_to is null unless the card lives in another bucket.
create type bpnt.decision as (
    n integer, outcome smallint, replay boolean, again boolean, moved_to smallint, id bigint, amount bigint,
    balance bigint, at timestamptz, batch integer, invoice text, nii smallint, entry_mode smallint, masthead integer,
    tries_left smallint, generation smallint
);

-- post() decides a batch: checks, debits, journals and returns the outcomes, as one transaction. The numbers of kind
-- and outcome are those of the Go types Kind and Outcome. Arrays stand in for a list of requests, one element each, the
-- p_undo reversals and tombstones first;
-- null stands for "not carried". p_now is given by tests only: else the ledger's clock is read under the lock.
--
-- The order of precedence of outcomes is the order of the WHENs below, and TestPrecedence walks down it: identity,
-- terminal, outlet, card, expiry, PIN, amount, balance.
--
-- The plan is fixed by the settings of the function: index lookups joined by nested loops, whatever the statistics
-- of a fresh ledger say; jit would compile for longer than a batch takes. A lookup of message stands in a lateral
-- subquery with a limit, never in a join or an EXISTS: there the planner took a plan, on an empty table, that read all
-- of a terminal's messages, or all of the bucket's, for each batch. TestPlansStayFlat watches it.
-- +goose StatementBegin
create function bpnt.post(
    p_bucket       smallint,
    p_now          timestamptz,
    p_kind         smallint[],
    p_link         smallint[],
    p_tid          text[],
    p_stan         integer[],
    p_pan          uuid[],
    p_code         integer[],
    p_amount       bigint[],
    p_mid          text[],
    p_programme    smallint[],
    p_stamp        bigint[],
    p_atc          integer[],
    p_invoice      text[],
    p_batch        integer[],
    p_nii          smallint[],
    p_entry_mode   smallint[],
    p_pin_required boolean[],
    p_pin_value    integer[],
    p_window       interval[],
    p_resent       boolean[],
    p_undo         integer
) returns setof bpnt.decision
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    v_now    timestamptz;
    v_first  bigint;
    v_date   date;
    v_month  integer;
    v_open   integer[];
    v_last   bigint;
begin
    -- Who may only execute this function may neither choose the time nor hold the lock for long.
    if p_now is not null then -- nested: the look at the catalogue is not made ready for calls that do not need it
        if session_user <> (select tableowner from pg_tables where schemaname = 'bpnt' and tablename = 'ledger') then
            raise exception 'the clock is the ledger''s' using errcode = '42501';
        end if;
    end if;
    if cardinality(p_kind) > 1000 then
        raise exception 'more than 1000 requests in a call' using errcode = '54000';
    end if;
    -- A statement of its own: the next one's snapshot then sees all that the lock's holder before us committed.
    perform pg_advisory_xact_lock(8583, p_bucket);
    v_now := coalesce(p_now, clock_timestamp());
    select b.message_no into strict v_first from bucket b where b.id = p_bucket;
    select ((v_now at time zone l.time_zone) - l.cut_over)::date into strict v_date from ledger l;
    v_month := extract(year from v_date)::integer % 100 * 100 + extract(month from v_date)::integer;
    select coalesce(array_agg(p.programme * 1000000 + p.id), '{}') into v_open from period p where p.status = 'open';

    -- The reversals and tombstones stand first in the arrays. They are carried out first and take the lower numbers, so
    -- that a purse's postings rise with them (I19); a reversal and the tombstone that it leaves have a number each.
    v_last := v_first + cardinality(p_kind) + p_undo;
    if p_undo > 0 then
        return query select * from undo(p_bucket, v_now, v_first, v_date, p_kind[:p_undo], p_link[:p_undo],
            p_tid[:p_undo], p_stan[:p_undo], p_pan[:p_undo], p_code[:p_undo], p_amount[:p_undo], p_stamp[:p_undo],
            p_atc[:p_undo], p_invoice[:p_undo], p_batch[:p_undo], p_nii[:p_undo], p_entry_mode[:p_undo],
            p_window[:p_undo], v_open);
    end if;

    if p_undo < cardinality(p_kind) then
        return query
        with seen as (
            select r.n::integer, r.kind, t.id as terminal, r.stan, r.pan, r.code, r.amount, r.programme, r.stamp, r.atc,
                r.invoice, r.batch, r.nii, r.entry_mode, r.pin_value,
                case when r.kind = 1 then 'R'::"char" else 'I'::"char" end as class,
                coalesce(r.batch, t.batch) as in_batch, coalesce(t.epoch, 0::smallint) as epoch, t.outlet, o.masthead,
                c.family, c.forward, c.tries,
                m.id as m_id, m.generation as m_generation, m.outcome as m_outcome, m.amount as m_amount,
                m.balance as m_balance, m.at as m_at, m.batch as m_batch, m.invoice as m_invoice, m.nii as m_nii,
                m.entry_mode as m_entry_mode, m.masthead as m_masthead, m.tries_left as m_tries_left,
                w.total, w.first_balance, w.first_place,
                -- A repeat is one with the content of the stored message.
                m.amount = r.amount and m.processing_code = r.code and coalesce(m.atc = r.atc, true) as same_content,
                -- What this process sent before and heard nothing of may have been stored before a terminal reset.
                m.id is not null
                and (m.epoch >= coalesce(t.epoch, m.epoch) or r.resent and v_now - m.at < interval '1 minute')
                and not is_older_message(
                    v_now - m.at, r.time_window, m.outcome = 5, m.atc, m.stamp, m.invoice, m.sent_batch,
                    r.atc, r.stamp, r.invoice, r.batch) as known,
                coalesce(v.yes, false) as reversed,
                -- Two cards of one family in a batch: the second waits for the next.
                row_number() over (partition by coalesce(c.family, -r.n) order by r.n) > 1 as again,
                case
                    when t.id is null or t.status = 'unregistered' then 20
                    when t.status <> 'active' then 21
                    when r.mid <> '' and r.mid <> o.mid then 22
                    when o.status <> 'active' then 23
                    when c.pan is null then 30
                    when c.status = 'lost' then 31
                    when c.status = 'stolen' then 32
                    when c.status <> 'active' then 33
                    when c.expiry < v_month then 34
                    when c.tries >= 3 then 40
                    when r.pin_required and r.pin_value = 0 then 41
                    when r.pin_value < 0 or r.pin_value > 0 and c.pin_value is null then 42
                    when r.pin_value > 0 and r.pin_value <> c.pin_value then case when c.tries >= 2 then 40 else 43 end
                    when r.kind = 1 and r.amount <= 0 then 50
                    when w.total is null then case when r.kind = 2 then 1 else 52 end
                    when r.kind = 1 and w.total < r.amount then 51
                    else 1
                end as fresh_outcome
            from unnest(p_kind, p_link, p_tid, p_stan, p_pan, p_code, p_amount, p_mid, p_programme, p_stamp,
                    p_atc, p_invoice, p_batch, p_nii, p_entry_mode, p_pin_required, p_pin_value, p_window, p_resent)
                with ordinality
                as r (kind, link, tid, stan, pan, code, amount, mid, programme, stamp,
                    atc, invoice, batch, nii, entry_mode, pin_required, pin_value, time_window, resent, n)
            left join terminal t on t.link = r.link and t.tid = r.tid
            left join outlet o on o.id = t.outlet
            left join card c on c.bucket = p_bucket and c.pan = r.pan
            left join lateral (
                select * from message m
                 where m.bucket = p_bucket and m.terminal = t.id and m.stan = r.stan
                   and m.class = case when r.kind = 1 then 'R'::"char" else 'I'::"char" end and m.pan = r.pan
                 order by m.generation desc limit 1) m on true
            left join lateral (
                select true as yes from message v
                 where m.outcome = 1 and v.bucket = p_bucket and v.terminal = t.id and v.stan = r.stan
                   and v.class = 'r' and v.pan = r.pan and v.generation = m.generation and v.outcome = 2
                 limit 1) v on true
            left join lateral (
                select sum(p.balance)::bigint as total,
                       (array_agg(p.balance) filter (where p.balance > 0))[1] as first_balance,
                       (array_agg(p.ctid) filter (where p.balance > 0))[1] as first_place
                  from (select p.period, p.balance, p.ctid from purse p
                         where p.bucket = p_bucket and p.family = c.family and p.programme = r.programme
                           and p.programme * 1000000 + p.period = any (v_open)
                         order by p.period) p) w on true
            where r.n > p_undo
        ), decided as materialized (
            select s.*, v_first + p_undo + s.n as new_id,
                case when s.m_id is null then 0 else s.m_generation + 1 end::smallint as new_generation,
                not s.again and s.known and not (s.m_outcome = 5 or s.reversed) and s.same_content as replay,
                not s.again and not s.known and s.forward is null and s.fresh_outcome <> 20 as store,
                case
                    when s.again or not s.known and s.forward is not null then 0
                    when s.known and not s.same_content and s.m_outcome <> 5 then 10
                    when s.known and (s.m_outcome = 5 or s.reversed) then 11
                    when s.known then s.m_outcome
                    else s.fresh_outcome
                end::smallint as outcome
            from seen s
        ), debit as materialized (
            -- The oldest open purse first. Nearly always it alone covers the amount. A row's place (ctid) stays while we
            -- hold the lock: it saves the update a second search of the index.
            select d.new_id, d.outlet, d.in_batch, d.first_place as place, d.amount as take, 1::smallint as line
              from decided d where d.store and d.outcome = 1 and d.kind = 1 and d.first_balance >= d.amount
            union all
            select d.new_id, d.outlet, d.in_batch, q.place, least(q.balance, d.amount - q.before), q.line
              from decided d cross join lateral (
                select p.ctid as place, p.balance, (sum(p.balance) over w - p.balance)::bigint as before,
                       (row_number() over w)::smallint as line
                  from purse p
                 where p.bucket = p_bucket and p.family = d.family and p.programme = d.programme and p.balance > 0
                   and p.programme * 1000000 + p.period = any (v_open)
                window w as (order by p.period)) q
             where d.store and d.outcome = 1 and d.kind = 1 and d.first_balance < d.amount and q.before < d.amount
        ), moved as (
            update purse p set balance = p.balance - b.take, before_message = p.message, message = b.new_id
              from debit b
             where p.ctid = b.place and p.balance >= b.take
            returning b.line, b.take, p.family, p.programme, p.period, p.before_message, b.new_id, b.outlet, b.in_batch
        ), posted as (
            insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period,
                amount, business_date, batch, previous)
            select p_bucket, v.new_id, v.line, 'R', 'P', v.family, 'O', v.outlet, v.programme, v.period,
                v.take, v_date, v.in_batch, v.before_message
              from moved v
        ), tried as (
            update card c set tries = case when d.outcome in (40, 43) then c.tries + 1 else 0 end
              from decided d
             where d.store and c.bucket = p_bucket and c.pan = d.pan
               and (d.outcome in (40, 43) and d.tries < 3
                    or d.pin_value > 0 and d.tries > 0 and (d.outcome >= 50 or d.outcome = 1))
        ), stored as (
            insert into message (bucket, terminal, stan, class, pan, generation, id, at, epoch, processing_code,
                amount, stamp, atc, invoice, sent_batch, batch, outcome, balance, tries_left, nii, entry_mode, masthead,
                family)
            select p_bucket, d.terminal, d.stan, d.class, d.pan, d.new_generation, d.new_id, v_now, d.epoch, d.code,
                d.amount, d.stamp, d.atc, d.invoice, d.batch, d.in_batch, d.outcome,
                coalesce(d.total, 0) - case when d.kind = 1 and d.outcome = 1 then d.amount else 0 end,
                case when d.outcome in (40, 43) then greatest(2 - d.tries, 0)::smallint end,
                d.nii, d.entry_mode, d.masthead, d.family
              from decided d where d.store
        )
        select d.n, d.outcome, d.replay, d.again,
            case when not d.again and not d.known then d.forward end,
            case when d.replay then d.m_id when d.store then d.new_id else 0 end,
            d.amount,
            case when d.replay then d.m_balance
                 when d.store then coalesce(d.total, 0) - case when d.kind = 1 and d.outcome = 1 then d.amount else 0 end
                 else 0 end,
            case when d.replay then d.m_at else v_now end,
            case when d.replay then d.m_batch else d.in_batch end,
            case when d.replay then d.m_invoice else d.invoice end,
            case when d.replay then d.m_nii else d.nii end,
            case when d.replay then d.m_entry_mode else d.entry_mode end,
            case when d.replay then d.m_masthead else d.masthead end,
            case when d.replay then d.m_tries_left
                 when d.outcome in (40, 43) then greatest(2 - d.tries, 0)::smallint end,
            case when d.known then d.m_generation else d.new_generation end
        from decided d
        where all_moved((select count(*) from debit), (select count(*) from moved));
    end if;

    perform end_flush(p_bucket, v_last, v_now);
end
$$;
-- +goose StatementEnd

-- undo() decides the reversals (kind 3) and the gateway's own tombstones (kind 4) of a batch; post() calls it under
-- the bucket's lock. The state table stands in docs/protocol.md and TestStateTable walks it.
--
-- m is the newest row under the original's key, x the newest one with the reversal's processing code and amount, v the
-- reversal that was heard of x before. Terminal, outlet, card and PIN play no part: money must always find its way
-- back. What is older than a day may belong to an earlier use of the same STAN: an original that can still be credited
-- is, at any age; else the reversal is taken as one of an original that has not come yet, and leaves a tombstone.
-- After terminal reset (epoch) the terminal's memory is gone, so originals before it count for a day only.
-- +goose StatementBegin
create function bpnt.undo(
    p_bucket smallint, p_now timestamptz, p_first bigint, p_date date,
    p_kind smallint[], p_link smallint[], p_tid text[], p_stan integer[], p_pan uuid[], p_code integer[],
    p_amount bigint[], p_stamp bigint[], p_atc integer[], p_invoice text[], p_batch integer[],
    p_nii smallint[], p_entry_mode smallint[], p_window interval[], p_open integer[]
) returns setof bpnt.decision language plpgsql volatile
set search_path = bpnt, pg_temp
as $$
#variable_conflict use_column
begin
    if exists (select from unnest(p_link, p_tid) r (link, tid)
                where not exists (select from terminal t where t.link = r.link and t.tid = r.tid)) then
        insert into terminal (link, tid, status)
        select distinct r.link, r.tid, 'unregistered' from unnest(p_link, p_tid) r (link, tid) order by 1, 2
        on conflict do nothing;
    end if;

    return query
    with seen as (
        select r.n::integer, r.kind, t.id as terminal, r.stan, r.pan, r.code, r.amount, r.stamp, r.atc, r.invoice,
            r.batch, r.nii, r.entry_mode, k.class, lower(k.class::text)::"char" as undo_class,
            coalesce(r.batch, t.batch) as in_batch, coalesce(t.epoch, 0::smallint) as epoch, o.masthead, c.forward,
            m.generation as m_generation, m.outcome as m_outcome,
            m.epoch >= coalesce(t.epoch, m.epoch) and p_now - m.at < interval '1 day' as m_recent,
            m.id is not null
            and (m.epoch >= coalesce(t.epoch, m.epoch) or r.kind = 4 and p_now - m.at < interval '1 day')
            and not is_older_message(
                p_now - m.at, r.time_window, m.outcome = 5, m.atc, m.stamp, m.invoice, m.sent_batch,
                r.atc, r.stamp, r.invoice, r.batch) as m_known,
            x.id as x_id, x.generation as x_generation, x.outcome as x_outcome, x.family as x_family,
            v.id as v_id, v.outcome as v_outcome, v.balance as v_balance, v.at as v_at, v.batch as v_batch,
            v.invoice as v_invoice, v.nii as v_nii, v.entry_mode as v_entry_mode, v.masthead as v_masthead, v.generation as v_generation,
            v.epoch >= coalesce(t.epoch, v.epoch) and p_now - v.at < interval '1 day' as v_recent, w.total,
            row_number() over (partition by coalesce(x.family, -r.n) order by r.n) > 1 as again
        from unnest(p_kind, p_link, p_tid, p_stan, p_pan, p_code, p_amount, p_stamp, p_atc, p_invoice, p_batch, p_nii,
                p_entry_mode, p_window) with ordinality
            as r (kind, link, tid, stan, pan, code, amount, stamp, atc, invoice, batch, nii, entry_mode, time_window, n)
        cross join lateral (
            select case r.code / 10000 when 0 then 'R' when 2 then 'V' when 30 then 'I' when 31 then 'I' else 'O'
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
            select sum(p.balance)::bigint as total from purse p
             where p.bucket = p_bucket and p.family = coalesce(x.family, c.family)
               and p.programme * 1000000 + p.period = any (p_open)) w on true
    ), decided as materialized (
        select s.*, p_first + s.n as new_id,
            case
                when s.again then 0
                when s.kind = 4 then case when s.m_known then s.m_outcome when s.forward is not null then 0 else 11 end
                -- The original of a forwarded card stands in the family's bucket, unless this one shut it out.
                when s.forward is not null and not coalesce(s.m_recent or s.m_known and s.m_outcome = 5, false) then 0
                when s.v_recent then s.v_outcome
                when s.x_outcome = 1 and s.v_id is null and s.class = 'R' then 2
                when s.m_recent and s.m_generation is distinct from s.x_generation then 12
                when s.m_recent and s.x_outcome <> 5 then 3
                else 4
            end::smallint as outcome,
            not s.again and case when s.kind = 4 then s.m_known else coalesce(s.v_recent, false) end as replay
        from seen s
    ), placed as materialized (
        -- bury: a tombstone is to stand in the original's place. heard: the reversal is new and is stored.
        -- No late original passes a row of the last day: it is reversed, declined, a tombstone, or of other content.
        select d.*, b.bury, d.kind = 3 and not d.replay and d.outcome in (2, 3, 4) as heard,
            coalesce(d.m_generation + 1, 0)::smallint as tomb_generation,
            case when b.bury and d.outcome = 4 then coalesce(d.m_generation + 1, 0)
                 else d.x_generation end::smallint as new_generation
        from decided d cross join lateral (
            select not d.replay and (d.kind = 4 and d.outcome = 11
                or d.kind = 3 and d.outcome in (2, 3, 4) and d.m_recent is not true) as bury) b
    ), credit as materialized (
        select d.new_id, o.from_id as family, o.to_id as outlet, o.programme, o.period, o.amount, o.line, o.batch
          from placed d join posting o on o.bucket = p_bucket and o.message = d.x_id and o.kind = 'R'
         where d.heard and d.outcome = 2
    ), moved as (
        update purse p set balance = p.balance + b.amount, before_message = p.message, message = b.new_id
          from credit b
         where p.bucket = p_bucket and p.family = b.family and p.programme = b.programme and p.period = b.period
        returning b.line, b.amount, p.family, p.programme, p.period, p.before_message, b.new_id, b.outlet, b.batch
    ), posted as (
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period,
            amount, business_date, batch, previous)
        select p_bucket, v.new_id, v.line, 'U', 'O', v.outlet, 'P', v.family, v.programme, v.period,
            v.amount, p_date, v.batch, v.before_message
          from moved v
    ), stored as (
        insert into message (bucket, terminal, stan, class, pan, generation, id, at, epoch, processing_code,
            amount, stamp, atc, invoice, sent_batch, batch, outcome, balance, nii, entry_mode, masthead, family)
        select p_bucket, d.terminal, d.stan, d.undo_class, d.pan, d.new_generation, d.new_id, p_now, d.epoch, d.code,
            d.amount, d.stamp, d.atc, d.invoice, d.batch, d.in_batch, d.outcome,
            coalesce(d.total, 0) + case when d.outcome = 2 then d.amount else 0 end,
            d.nii, d.entry_mode, d.masthead, d.x_family
          from placed d where d.heard
        union all
        select p_bucket, d.terminal, d.stan, d.class, d.pan, d.tomb_generation, d.new_id + cardinality(p_kind), p_now,
            d.epoch, d.code, d.amount, d.stamp, d.atc, d.invoice, d.batch, d.in_batch, 5, 0,
            d.nii, d.entry_mode, d.masthead, null
          from placed d where d.bury
    )
    select d.n, d.outcome, d.replay, d.again,
        case when not d.again and d.outcome = 0 then d.forward end,
        case when d.kind = 4 then 0 when d.replay then d.v_id when d.heard then d.new_id else 0 end,
        d.amount,
        case when d.replay then coalesce(d.v_balance, 0)
             when d.heard then coalesce(d.total, 0) + case when d.outcome = 2 then d.amount else 0 end
             else 0 end,
        case when d.replay then coalesce(d.v_at, p_now) else p_now end,
        case when d.replay then d.v_batch else d.in_batch end,
        case when d.replay then coalesce(d.v_invoice, d.invoice) else d.invoice end,
        case when d.replay then d.v_nii else d.nii end,
        case when d.replay then d.v_entry_mode else d.entry_mode end,
        case when d.replay then d.v_masthead else d.masthead end,
        null::smallint,
        coalesce(case when d.replay then d.v_generation when d.kind = 4 and d.bury then d.tomb_generation else d.new_generation end,
            d.m_generation, 0::smallint)
    from placed d
    where all_moved((select count(*) from credit), (select count(*) from moved));
end
$$;
-- +goose StatementEnd

-- +goose Down
select 1/0;
