-- The rules of money. post() is the only way in which a terminal's message reaches the books.

-- Is the message that is stored under this key an older one, so that the one at hand is a new message and no repeat
-- of it (DESIGN D5)? Arguments: the stored row's age and discriminators, then those at hand. Null stands for "not
-- carried"; an empty invoice too.
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

-- Raises when a decided movement did not reach its purse: somebody wrote without the bucket's lock.
create function bpnt.all_moved(p_decided bigint, p_moved bigint) returns boolean language plpgsql as $$
begin
    if p_decided <> p_moved then
        raise exception 'decided % movements of purses but made %: a writer without the bucket''s lock', p_decided, p_moved;
    end if;
    return true;
end
$$;

-- post() decides a batch: checks, debits, journals and returns the outcomes, as one transaction. The numbers of kind
-- and outcome are those of the Go types Kind and Outcome. Arrays stand in for a list of requests, one element each: first
-- the p_undo reversals and tombstones, then the p_amend voids, refunds and advices, then redemptions and inquiries. Null
-- stands for "not carried". p_now is given by tests only: else the ledger's clock is read under the lock.
--
-- The order of precedence of outcomes is the order of the WHENs below, and TestPrecedence walks down it: identity,
-- terminal, outlet, card, expiry, PIN, amount, the programme's rules, balance.
--
-- The plan is fixed by the settings of the function: index lookups joined by nested loops, whatever the statistics
-- of a fresh ledger say; jit would compile for longer than a batch takes. A lookup of message stands in a lateral
-- subquery with a limit, never in a join or an EXISTS: there the planner took a plan, on an empty table, that read all
-- of a terminal's messages, or all of the bucket's, for each batch. TestPlansStayFlat watches it.
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
    p_by_card      boolean[],
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
    p_original     bigint[],
    p_undo         integer,
    p_amend        integer
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
    v_zone   text;
    v_date   date;
    v_month  integer;
    v_shut   integer[]; -- tranches that are not spendable: pending or closing; a closed one has no open purse
    v_day    integer[]; -- the open day of each link that is a switch's, by number of link
    -- The rules in force, by number of programme.
    v_cash      boolean[];
    v_trading   boolean[];
    v_most      bigint[];
    v_day_most  bigint[];
    v_day_count integer[];
    v_prior  integer; -- requests before the first redemption
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
    select l.time_zone, ((v_now at time zone l.time_zone) - l.cut_over)::date, (
            select array_agg(k.day order by n.id) from generate_series(1, (select max(id)::integer from link)) n (id)
              left join link k on k.id = n.id)
      into strict v_zone, v_date, v_day from ledger l;
    v_month := month_of(v_date) % 10000;
    select coalesce(array_agg(t.id), '{}') into v_shut from tranche t where t.status in ('pending', 'closing');
    -- The order is the subquery's: an ORDER BY within each aggregate would sort five times.
    select array_agg(r.cash_out), array_agg(r.opens is null or (v_now at time zone v_zone)::time between r.opens and r.closes),
           array_agg(r.most), array_agg(r.day_most), array_agg(r.day_count)
      into v_cash, v_trading, v_most, v_day_most, v_day_count
      from (select r.* from programme p left join lateral (
              select * from rule r where r.programme = p.id and r.since <= v_date order by r.since desc limit 1) r on true
             order by p.id) r;

    -- What stands first in the arrays is carried out first and takes the lower numbers, so that a purse's postings rise
    -- with them (I02). A reversal, the tombstone that it leaves, and what follows from it have a number each.
    v_prior := p_undo + p_amend;
    v_last := v_first + cardinality(p_kind) + 4 * v_prior;
    if p_undo > 0 then
        return query select * from undo(p_bucket, v_now, v_first, v_date, p_kind[:p_undo], p_link[:p_undo],
            p_tid[:p_undo], p_stan[:p_undo], p_pan[:p_undo], p_code[:p_undo], p_amount[:p_undo], p_stamp[:p_undo],
            p_atc[:p_undo], p_invoice[:p_undo], p_batch[:p_undo], p_nii[:p_undo], p_entry_mode[:p_undo],
            p_window[:p_undo], v_shut, v_day);
    end if;

    if p_amend > 0 then
        return query select * from amend(p_bucket, v_now, v_first, p_undo, v_date, p_kind[p_undo + 1:v_prior],
            p_link[p_undo + 1:v_prior], p_tid[p_undo + 1:v_prior], p_stan[p_undo + 1:v_prior], p_pan[p_undo + 1:v_prior],
            p_code[p_undo + 1:v_prior], p_amount[p_undo + 1:v_prior], p_mid[p_undo + 1:v_prior],
            p_programme[p_undo + 1:v_prior], p_by_card[p_undo + 1:v_prior], p_stamp[p_undo + 1:v_prior],
            p_atc[p_undo + 1:v_prior], p_invoice[p_undo + 1:v_prior], p_batch[p_undo + 1:v_prior],
            p_nii[p_undo + 1:v_prior], p_entry_mode[p_undo + 1:v_prior], p_window[p_undo + 1:v_prior],
            p_resent[p_undo + 1:v_prior], p_original[p_undo + 1:v_prior], v_shut, v_day);
    end if;

    if v_prior < cardinality(p_kind) then
        return query
        with seen as (
            select r.n::integer, r.kind, t.id as terminal, r.stan, r.pan, r.code, r.amount, g.programme, r.stamp, r.atc,
                r.invoice, r.batch, r.nii, r.entry_mode, r.pin_value,
                case when r.kind = 1 then 'R'::"char" else 'I'::"char" end as class,
                coalesce(v_day[r.link], t.batch) as in_batch, coalesce(t.epoch, 0::smallint) as epoch, t.outlet, o.masthead,
                c.family, c.forward, c.tries,
                m.id as m_id, m.generation as m_generation, m.outcome as m_outcome, m.amount as m_amount,
                m.balance as m_balance, m.at as m_at, coalesce(m.sent_batch, m.batch) as m_batch, m.invoice as m_invoice, m.nii as m_nii,
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
                -- A case, so that no new message calls the function: "and" would, where m is null (a quarter of the time).
                case when v.yes then true when r.kind = 1 and m.outcome = 1 then lives(p_bucket, m.id, 'V') else false
                    end as undone,
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
                    when c.status = 'inactive' then 35
                    when c.status <> 'active' then 33
                    when c.expiry < v_month then 34
                    when c.tries >= 3 then 40
                    when r.pin_required and r.pin_value = 0 then 41
                    when r.pin_value < 0 then 42
                    when r.pin_value > 0 and c.pin_value is null then 35 -- it was never given one: nobody has it in hand
                    when r.pin_value > 0 and r.pin_value <> c.pin_value then case when c.tries >= 2 then 40 else 43 end
                    when r.kind = 1 and r.amount <= 0 then 50
                    when not r.by_card and c.programme <> r.programme then 61
                    when r.kind = 2 then 1
                    when r.code / 10000 = 1 and v_cash[g.programme] is not true then 60
                    when not v_trading[g.programme] then 62
                    when r.amount > v_most[g.programme] then 63
                    when v_day_most[g.programme] is not null and r.amount > v_day_most[g.programme]
                        - (day_of(p_bucket, c.family, g.programme, v_date)).amount then 64
                    when v_day_count[g.programme] is not null
                        and (day_of(p_bucket, c.family, g.programme, v_date)).redemptions >= v_day_count[g.programme] then 65
                    when w.total >= r.amount then 1
                    else why_short(p_bucket, c.family, g.programme, w.total is not null)
                end as fresh_outcome
            from unnest(p_kind, p_link, p_tid, p_stan, p_pan, p_code, p_amount, p_mid, p_programme, p_by_card, p_stamp,
                    p_atc, p_invoice, p_batch, p_nii, p_entry_mode, p_pin_required, p_pin_value, p_window, p_resent)
                with ordinality
                as r (kind, link, tid, stan, pan, code, amount, mid, programme, by_card, stamp,
                    atc, invoice, batch, nii, entry_mode, pin_required, pin_value, time_window, resent, n)
            left join terminal t on t.link = r.link and t.tid = r.tid
            left join outlet o on o.id = t.outlet
            left join card c on c.bucket = p_bucket and c.pan = r.pan
            cross join lateral (
                select case when r.by_card then coalesce(c.programme, r.programme) else r.programme end as programme) g
            left join lateral (
                select * from message m
                 where m.bucket = p_bucket and m.terminal = t.id and m.stan = r.stan
                   and m.class = case when r.kind = 1 then 'R'::"char" else 'I'::"char" end and m.pan = r.pan
                 order by m.generation desc limit 1) m on true
            left join lateral (
                select true as yes from message v
                 where m.outcome = 1 and m.class = 'R' and v.bucket = p_bucket and v.terminal = t.id and v.stan = r.stan
                   and v.class = 'r' and v.pan = r.pan and v.generation = m.generation and v.outcome in (2, 3)
                 limit 1) v on true
            left join lateral (
                select sum(p.balance)::bigint as total,
                       (array_agg(p.balance) filter (where p.balance > 0))[1] as first_balance,
                       (array_agg(p.ctid) filter (where p.balance > 0))[1] as first_place
                  from (select p.period, p.balance, p.ctid from purse p
                         where p.bucket = p_bucket and p.family = c.family and p.programme = g.programme
                           and p.state = 'O' and p.tranche <> all (v_shut)
                         order by p.period) p) w on true
            where r.n > v_prior
        ), decided as materialized (
            select s.*, v_first + 4 * v_prior + s.n as new_id,
                case when s.m_id is null then 0 else s.m_generation + 1 end::smallint as new_generation,
                not s.again and s.known and not (s.m_outcome = 5 or s.undone) and s.same_content as replay,
                not s.again and not s.known and s.forward is null and s.fresh_outcome <> 20 as store,
                case
                    when s.again or not s.known and s.forward is not null then 0
                    when s.known and not s.same_content and s.m_outcome <> 5 then 10
                    when s.known and (s.m_outcome = 5 or s.undone) then 11
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
                   and p.state = 'O' and p.tranche <> all (v_shut)
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
            case when d.replay then d.m_batch else coalesce(d.batch, d.in_batch) end,
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
