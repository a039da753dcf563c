-- What operators do to the books, and who may do what.

-- +goose Up

-- Names a period and its amount before the money is posted. Naming it again with the same amount changes nothing.
-- +goose StatementBegin
create function bpnt.disburse_begin(p_programme smallint, p_period integer, p_amount bigint) returns text
language plpgsql security definer set search_path = bpnt, pg_temp as $$
declare
    v_period bpnt.period;
begin
    insert into period (programme, id, amount, status) values (p_programme, p_period, p_amount, 'pending')
        on conflict do nothing;
    select * into strict v_period from period where programme = p_programme and id = p_period for update;
    if v_period.amount <> p_amount then
        raise exception 'period % was begun with Rp % a family, not Rp %', p_period, v_period.amount, p_amount
            using errcode = 'BP001';
    end if;
    if v_period.status = 'closed' then
        raise exception 'period % is closed', p_period using errcode = 'BP001';
    end if;
    return v_period.status;
end
$$;
-- +goose StatementEnd

-- Funds the next families of a bucket, in the order of their ids, that have no purse of the period yet. A chunk is
-- small, so that the bucket's lane never waits long for the lock. last_family is null when none are left.
-- +goose StatementBegin
create function bpnt.disburse_chunk(p_bucket smallint, p_programme smallint, p_period integer, p_after bigint,
    p_limit integer, out last_family bigint, out families integer, out funded integer)
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
declare
    v_now    timestamptz;
    v_first  bigint;
    v_amount bigint;
    v_date   date;
begin
    perform pg_advisory_xact_lock(8583, p_bucket);
    v_now := clock_timestamp();
    v_date := business_date(v_now);
    select b.message_no into strict v_first from bucket b where b.id = p_bucket;
    select p.amount into strict v_amount from period p where p.programme = p_programme and p.id = p_period;
    with next as materialized (
        select f.id, row_number() over (order by f.id) as n
          from (select id from family where bucket = p_bucket and id > p_after order by id limit p_limit) f
    ), funded as (
        insert into purse (bucket, family, programme, period, balance, granted, message)
        select p_bucket, n.id, p_programme, p_period, v_amount, v_amount, v_first + n.n from next n
        on conflict do nothing
        returning purse.family, purse.message
    ), posted as (
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period,
            amount, business_date)
        select p_bucket, f.message, 1, 'D', 'F', p_programme, 'P', f.family, p_programme, p_period, v_amount, v_date
          from funded f
    )
    select max(n.id), count(*)::integer, (select count(*)::integer from funded) into last_family, families, funded
      from next n;
    perform end_flush(p_bucket, v_first + families, v_now);
end
$$;
-- +goose StatementEnd

-- Makes a period's purses spendable: one row, so that it happens for every family at once.
-- +goose StatementBegin
create function bpnt.disburse_open(p_programme smallint, p_period integer) returns void
language sql security definer set search_path = bpnt, pg_temp as $$
    update period set status = 'open', opened_at = clock_timestamp()
     where programme = p_programme and id = p_period and status = 'pending';
$$;
-- +goose StatementEnd

-- The number of a link's name; a new name gets the next one.
-- +goose StatementBegin
create function bpnt.link_id(p_name text) returns smallint
language plpgsql security definer set search_path = bpnt, pg_temp as $$
declare
    v_id smallint;
begin
    select id into v_id from link where name = p_name;
    if found then
        return v_id;
    end if;
    insert into link (name) values (p_name) on conflict do nothing;
    select id into strict v_id from link where name = p_name;
    return v_id;
end
$$;
-- +goose StatementEnd

revoke all on all functions in schema bpnt from public;
grant usage on schema bpnt to bpnt_gateway, bpnt_operator;

-- The gateway executes and reads. It cannot change a row by itself.
grant select on bpnt.ledger, bpnt.programme, bpnt.bucket, bpnt.link, bpnt.masthead, bpnt.outlet, bpnt.terminal
    to bpnt_gateway;
grant execute on function bpnt.post, bpnt.link_id to bpnt_gateway;

-- The operator reads all, keeps the reference data and the cards, and runs jobs. Money moves only through them.
grant select on all tables in schema bpnt to bpnt_operator;
grant insert on bpnt.family, bpnt.card, bpnt.outlet, bpnt.terminal, bpnt.masthead, bpnt.journal to bpnt_operator;
grant update (masthead, status) on bpnt.outlet to bpnt_operator;
grant update (outlet, status, epoch, wrapped_tpk, wrapped_tak, changed_at) on bpnt.terminal to bpnt_operator;
grant update (status, tries) on bpnt.card to bpnt_operator;
grant execute on function bpnt.lock_bucket, bpnt.disburse_begin, bpnt.disburse_chunk, bpnt.disburse_open,
    bpnt.link_id, bpnt.business_date, bpnt.posting_text to bpnt_operator;

-- +goose Down
select 1/0;
