-- The ledger that the purses are measured against (BenchmarkPurses): one balance on the card, no programme, no period,
-- no rule, no reversal. All else is post()'s: the same arrays and answers, the look-up of terminal and outlet, of the
-- identity, of the card by its hash, the PIN and its tries, the journal of messages, the postings and the hash chain
-- over them. Made by the owner, after the books were seeded.
create schema flat;
create table flat.bucket (like bpnt.bucket including all) with (fillfactor = 20);
create table flat.message (like bpnt.message including all);
create table flat.posting (like bpnt.posting including all);
create table flat.flush (like bpnt.flush including all);
create table flat.card (
    family         bigint,
    balance        bigint   not null check (balance >= 0),
    message        bigint   not null,
    before_message bigint,
    pan            uuid     not null,
    pin_value      integer,
    expiry         integer  not null,
    bucket         smallint not null,
    tries          smallint not null,
    status         text     not null,
    primary key (bucket, pan)
) with (fillfactor = 75);
insert into flat.bucket (id) select id from bpnt.bucket;
insert into flat.card (family, balance, message, pan, pin_value, expiry, bucket, tries, status)
select family, 99999999, 0, pan, pin_value, expiry, bucket, tries, status from bpnt.card;

alter table flat.card    set (autovacuum_vacuum_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
alter table flat.message set (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
alter table flat.posting set (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);

-- The chain is the same to the letter.
do $$
declare
    v_name text;
begin
    foreach v_name in array array['flush_text', 'posting_text', 'posting_mark', 'end_flush'] loop
        execute replace(pg_get_functiondef(('bpnt.' || v_name)::regproc), 'bpnt.', 'flat.');
    end loop;
end
$$;

create function flat.post(
    p_bucket smallint, p_now timestamptz, p_kind smallint[], p_link smallint[], p_tid text[], p_stan integer[], p_pan uuid[],
    p_code integer[], p_amount bigint[], p_mid text[], p_programme smallint[], p_by_card boolean[], p_stamp bigint[],
    p_atc integer[], p_invoice text[], p_batch integer[], p_nii smallint[], p_entry_mode smallint[],
    p_pin_required boolean[], p_pin_value integer[], p_window interval[], p_resent boolean[], p_undo integer
) returns setof bpnt.decision
language plpgsql volatile security definer
set search_path = flat, bpnt, pg_temp
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
begin
    perform pg_advisory_xact_lock(8584, p_bucket);
    v_now := coalesce(p_now, clock_timestamp());
    select b.message_no into strict v_first from bucket b where b.id = p_bucket;
    select ((v_now at time zone l.time_zone) - l.cut_over)::date into strict v_date from ledger l;
    v_month := month_of(v_date) % 10000;
    return query
    with seen as (
        select r.n::integer, r.kind, t.id as terminal, r.stan, r.pan, r.code, r.amount, r.stamp, r.atc,
            r.invoice, r.batch, r.nii, r.entry_mode, r.pin_value,
            case when r.kind = 1 then 'R'::"char" else 'I'::"char" end as class,
            coalesce(r.batch, t.batch) as in_batch, coalesce(t.epoch, 0::smallint) as epoch, t.outlet, o.masthead,
            c.family, c.tries, c.balance, c.ctid as place,
            m.id as m_id, m.generation as m_generation, m.outcome as m_outcome, m.amount as m_amount,
            m.balance as m_balance, m.at as m_at, m.batch as m_batch, m.invoice as m_invoice, m.nii as m_nii,
            m.entry_mode as m_entry_mode, m.masthead as m_masthead, m.tries_left as m_tries_left,
            m.amount = r.amount and m.processing_code = r.code and coalesce(m.atc = r.atc, true) as same_content,
            m.id is not null
            and (m.epoch >= coalesce(t.epoch, m.epoch) or r.resent and v_now - m.at < interval '1 minute')
            and not is_older_message(
                v_now - m.at, r.time_window, m.outcome = 5, m.atc, m.stamp, m.invoice, m.sent_batch,
                r.atc, r.stamp, r.invoice, r.batch) as known,
            coalesce(v.yes, false) as reversed,
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
                when r.kind = 2 or c.balance >= r.amount then 1
                else 51
            end as fresh_outcome
        from unnest(p_kind, p_link, p_tid, p_stan, p_pan, p_code, p_amount, p_mid, p_stamp,
                p_atc, p_invoice, p_batch, p_nii, p_entry_mode, p_pin_required, p_pin_value, p_window, p_resent)
            with ordinality
            as r (kind, link, tid, stan, pan, code, amount, mid, stamp,
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
    ), decided as materialized (
        select s.*, v_first + s.n as new_id,
            case when s.m_id is null then 0 else s.m_generation + 1 end::smallint as new_generation,
            s.known and not (s.m_outcome = 5 or s.reversed) and s.same_content as replay,
            not s.known and s.fresh_outcome <> 20 as store,
            case
                when s.known and not s.same_content and s.m_outcome <> 5 then 10
                when s.known and (s.m_outcome = 5 or s.reversed) then 11
                when s.known then s.m_outcome
                else s.fresh_outcome
            end::smallint as outcome
        from seen s
    ), debit as materialized (
        select d.new_id, d.family, d.outlet, d.in_batch, d.place, d.amount as take
          from decided d where d.store and d.outcome = 1 and d.kind = 1
    ), moved as (
        update card c set balance = c.balance - b.take, before_message = c.message, message = b.new_id, tries = 0
          from debit b
         where c.ctid = b.place and c.balance >= b.take
        returning b.take, b.family, c.before_message, b.new_id, b.outlet, b.in_batch
    ), posted as (
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period,
            amount, business_date, batch, previous)
        select p_bucket, v.new_id, 1, 'R', 'P', v.family, 'O', v.outlet, 1, 0,
            v.take, v_date, v.in_batch, v.before_message
          from moved v
    ), tried as (
        update card c set tries = case when d.outcome in (40, 43) then c.tries + 1 else 0 end
          from decided d
         where d.store and c.bucket = p_bucket and c.pan = d.pan
           and (d.outcome in (40, 43) and d.tries < 3
                or d.pin_value > 0 and d.tries > 0 and (d.outcome >= 50 or d.outcome = 1 and d.kind = 2))
    ), stored as (
        insert into message (bucket, terminal, stan, class, pan, generation, id, at, epoch, processing_code,
            amount, stamp, atc, invoice, sent_batch, batch, outcome, balance, tries_left, nii, entry_mode, masthead,
            family)
        select p_bucket, d.terminal, d.stan, d.class, d.pan, d.new_generation, d.new_id, v_now, d.epoch, d.code,
            d.amount, d.stamp, d.atc, d.invoice, d.batch, d.in_batch, d.outcome,
            coalesce(d.balance, 0) - case when d.kind = 1 and d.outcome = 1 then d.amount else 0 end,
            case when d.outcome in (40, 43) then greatest(2 - d.tries, 0)::smallint end,
            d.nii, d.entry_mode, d.masthead, d.family
          from decided d where d.store
    )
    select d.n, d.outcome, d.replay, false, null::smallint,
        case when d.replay then d.m_id when d.store then d.new_id else 0 end,
        d.amount,
        case when d.replay then d.m_balance
             when d.store then coalesce(d.balance, 0) - case when d.kind = 1 and d.outcome = 1 then d.amount else 0 end
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

    perform end_flush(p_bucket, v_first + cardinality(p_kind), v_now);
end
$$;

grant usage on schema flat to bpnt_gateway;
