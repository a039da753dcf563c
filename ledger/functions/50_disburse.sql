-- Disbursement: stage, check, fund in chunks, open for all at once. One job at a time (the job's lock is the caller's,
-- Ledger.job), so stage and staged are the running job's own.

create function bpnt.stage_clear() returns void
language sql security definer set search_path = bpnt, pg_temp as $$
    truncate stage, staged;
$$;

-- Stages an order for every family that has no money of the period yet.
create function bpnt.stage_everyone(p_programme smallint, p_period integer, p_amount bigint) returns bigint
language plpgsql security definer set search_path = bpnt, pg_temp as $$
declare
    v_rows   bigint;
    v_before bigint;
begin
    select min(t.funded / t.purses) into v_before
      from tranche t join disbursement d on d.id = t.disbursement
     where t.programme = p_programme and t.period = p_period and t.purses > 0 and d.digest is null
       and d.status in ('funding', 'open') and t.funded <> t.purses * p_amount;
    if found and v_before is not null then
        raise exception 'period % was begun with Rp % a family, not Rp %', p_period, v_before, p_amount using errcode = 'BP001';
    end if;
    if exists (select from tranche where programme = p_programme and period = p_period and status in ('closing', 'closed')
               and closing = 'X') then
        raise exception 'period % is closed', p_period using errcode = 'BP001';
    end if;
    insert into stage (line, family, amount, period, programme)
    select row_number() over (), f.id, p_amount, p_period, p_programme
      from family f
     where not exists (select from purse u where u.bucket = f.bucket and u.programme = p_programme
                          and u.period = p_period and u.family = f.id and u.state <> 'C');
    get diagnostics v_rows = row_count;
    return v_rows;
end
$$;

-- The staged lines that cannot be paid, and why. What this disbursement funded itself, before it was broken off, is
-- no fault.
create function bpnt.stage_faults(p_name text) returns table (line bigint, reason text)
language sql security definer set search_path = bpnt, pg_temp
set jit = off set work_mem = '256MB' as $$
    with closed as (
        select distinct t.programme, t.period from tranche t
         where t.status in ('closing', 'closed') and t.closing = 'X')
    select s.line, case
            when f.id is null then 'family ' || s.family || ' is not in the books'
            when s.twice > 1 then 'family ' || s.family || ' stands in the file twice for period ' || s.period
            when c.period is not null then 'period ' || s.period || ' is closed'
            else 'family ' || s.family || ' has the money of period ' || s.period || ' already, from ' || d.name end
      from (select *, row_number() over (partition by stage.family, programme, period order by stage.line) as twice
              from stage) s
      left join family f on f.id = s.family
      left join purse u on u.bucket = f.bucket and u.programme = s.programme and u.period = s.period
           and u.family = s.family and u.state <> 'C'
      left join tranche t on t.id = u.tranche
      left join disbursement d on d.id = t.disbursement and d.name <> p_name
      left join closed c on c.programme = s.programme and c.period = s.period
     where f.id is null or s.twice > 1 or d.id is not null or c.period is not null
     order by s.line;
$$;

-- Enters the disbursement and its tranches, and sorts what is staged into the order in which it is funded. Run again
-- with the same name and digest, it goes on with what was begun.
create function bpnt.disburse_begin(p_now timestamptz, p_name text, p_digest bytea) returns integer
language plpgsql security definer set search_path = bpnt, pg_temp
set jit = off set work_mem = '256MB' as $$
declare
    v_now timestamptz := clock(p_now);
    v_id  integer;
begin
    insert into disbursement (name, digest, purses, total, begun_at)
    select p_name, p_digest, count(*), coalesce(sum(amount), 0), v_now from stage
    on conflict (name) do nothing returning id into v_id;
    if v_id is null then
        select d.id into strict v_id from disbursement d where d.name = p_name for update;
        if p_digest is null then -- an order for everyone goes on with whoever is left
            update disbursement d set
                purses = (select count(*) from stage) + (select coalesce(sum(purses), 0) from tranche where disbursement = v_id),
                total = (select coalesce(sum(amount), 0) from stage) + (select coalesce(sum(funded), 0) from tranche where disbursement = v_id)
             where d.id = v_id;
        end if;
    else
        insert into journal (action, what) values ('disbursement begun', p_name);
    end if;
    insert into tranche (disbursement, programme, period)
    select distinct v_id, programme, period from stage order by 2, 3
    on conflict do nothing;
    insert into staged (n, family, amount, tranche, bucket)
    select row_number() over (partition by f.bucket order by f.bucket, s.programme, s.period, s.family),
           s.family, s.amount, t.id, f.bucket
      from stage s
      join family f on f.id = s.family
      join tranche t on t.disbursement = v_id and t.programme = s.programme and t.period = s.period
     order by f.bucket, s.programme, s.period, s.family;
    truncate stage;
    return v_id;
end
$$;

-- Funds the next staged purses of a bucket after number p_after. A chunk is small, so that the bucket's lane never
-- waits long for the lock. last_n is null when none are left. A family's emptied purses are set aside on the way.
create function bpnt.disburse_chunk(p_now timestamptz, p_bucket smallint, p_after bigint, p_limit integer,
    out last_n bigint, out purses integer, out funded integer, out amount bigint)
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
#variable_conflict use_column
declare
    v_now   timestamptz;
    v_first bigint;
    v_date  date;
begin
    perform pg_advisory_xact_lock(8583, p_bucket);
    v_now := clock(p_now);
    v_date := business_date(v_now);
    select b.message_no into strict v_first from bucket b where b.id = p_bucket;
    with next as materialized (
        select s.n, s.n - p_after as k, s.family, s.amount, s.tranche, t.programme, t.period
          from (select * from staged s where s.bucket = p_bucket and s.n > p_after order by s.n limit p_limit) s
          join tranche t on t.id = s.tranche and t.status = 'pending'
    ), aside as (
        update purse u set state = 'E' from next x
         where u.bucket = p_bucket and u.family = x.family and u.programme = x.programme and u.state = 'O'
           and u.balance = 0 and u.tranche <> x.tranche
    ), funded as (
        -- Only a purse that was taken back may be funded anew.
        insert into purse as u (bucket, family, programme, period, balance, granted, message, tranche)
        select p_bucket, x.family, x.programme, x.period, x.amount, x.amount, v_first + x.k, x.tranche from next x order by x.n
        on conflict (bucket, programme, period, family) do update
            set balance = excluded.balance, granted = u.granted + excluded.granted, before_message = u.message,
                message = excluded.message, tranche = excluded.tranche, state = 'O'
          where u.state = 'C'
        returning u.family, u.programme, u.period, u.message, u.before_message, u.balance as amount, u.tranche
    ), posted as (
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period,
            amount, business_date, previous)
        select p_bucket, f.message, 1, 'D', 'F', f.tranche, 'P', f.family, f.programme, f.period, f.amount, v_date,
            f.before_message
          from funded f
    ), counted as (
        update tranche t set purses = t.purses + c.purses, funded = t.funded + c.amount
          from (select f.tranche, count(*) as purses, sum(f.amount) as amount from funded f group by 1) c
         where t.id = c.tranche
    )
    select max(x.n), count(*)::integer, (select count(*)::integer from funded),
           (select coalesce(sum(f.amount), 0) from funded f)
      into last_n, purses, funded, amount
      from next x;
    perform end_flush(p_bucket, v_first + p_limit, v_now);
end
$$;

-- Makes a disbursement spendable: one statement, so that it happens for every family at once, and only when every
-- purse of it was funded. Where the programme says so, what is left of earlier periods expires with it.
create function bpnt.disburse_open(p_now timestamptz, p_id integer) returns void
language plpgsql security definer set search_path = bpnt, pg_temp as $$
declare
    v_now  timestamptz := clock(p_now);
    v_date date := business_date(v_now);
    v_of   disbursement;
    v_got  tranche;
begin
    select * into strict v_of from disbursement where id = p_id for update;
    if v_of.status <> 'funding' then
        return;
    end if;
    select coalesce(sum(purses), 0), coalesce(sum(funded), 0) into v_got.purses, v_got.funded
      from tranche where disbursement = p_id;
    if v_got.purses <> v_of.purses or v_got.funded <> v_of.total then
        raise exception '% of % purses were funded, Rp % of Rp %: run it again', v_got.purses, v_of.purses,
            v_got.funded, v_of.total using errcode = 'BP001';
    end if;
    update tranche t set status = 'closing', closing = 'X'
      from (select programme, min(period) as period from tranche where disbursement = p_id group by 1) f
     where t.programme = f.programme and t.period < f.period and t.status = 'open'
       and (rule_on(t.programme, v_date)).unspent = 'expire_at_next';
    update tranche set status = 'open', opened_at = v_now, opened_on = v_date where disbursement = p_id;
    update disbursement set status = 'open', opened_at = v_now where id = p_id;
    insert into journal (action, what) values ('disbursement open',
        format('%s: %s purses, Rp %s', v_of.name, v_of.purses, v_of.total));
end
$$;

-- Shuts a disbursement so that what is left of it can be taken back. Nothing of it is spendable from here on.
create function bpnt.disburse_reverse(p_now timestamptz, p_name text, p_reason text) returns integer
language plpgsql security definer set search_path = bpnt, pg_temp as $$
declare
    v_of disbursement;
begin
    perform clock(p_now);
    select * into v_of from disbursement where name = p_name for update;
    if not found then
        raise exception 'there is no disbursement %', p_name using errcode = 'BP001';
    elsif v_of.status in ('funding', 'open') then
        update tranche set status = 'closing', closing = 'C' where disbursement = v_of.id and status in ('pending', 'open');
        update disbursement set status = 'reversing' where id = v_of.id;
        insert into journal (action, what, reason) values ('disbursement reversed', p_name, p_reason);
    end if;
    return v_of.id;
end
$$;
