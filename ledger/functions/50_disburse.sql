-- Disbursement: stage, check, fund in chunks, open for all at once. One job at a time (the job's lock is the caller's,
-- Ledger.job), so stage and staged are the running job's own.
--
-- Nothing here may trust the planner's figures: stage and staged have none, and those of purse are of last month. So
-- nested loops over whole tables are forbidden (one of them read all families for each line of a fresh ledger: 4 s for
-- 20,000), and a purse is looked up in a lateral subquery with a limit, which can only be an index's single row.

create function bpnt.stage_clear() returns void
language sql security definer set search_path = bpnt, pg_temp as $$
    truncate stage, staged;
$$;

-- Stages an order for every family that has no money of the period yet.
create function bpnt.stage_everyone(p_programme smallint, p_period integer, p_amount bigint) returns bigint
language plpgsql security definer set search_path = bpnt, pg_temp
set jit = off set work_mem = '256MB' as $$
declare
    v_rows   bigint;
    v_before bigint;
    v_held   boolean := exists (select from tranche where programme = p_programme and period = p_period and purses > 0);
begin
    select min(t.funded / t.purses) into v_before
      from tranche t join disbursement d on d.id = t.disbursement
     where t.programme = p_programme and t.period = p_period and t.purses > 0 and d.digest is null
       and d.status in ('funding', 'open') and t.funded <> t.purses * p_amount;
    if found and v_before is not null then
        raise exception 'period % was begun with Rp % a family, not Rp %', p_period, v_before, p_amount using errcode = 'BP001';
    end if;
    insert into staged (n, family, amount, period, programme, bucket)
    select row_number() over (partition by f.bucket order by f.id), f.id, p_amount, p_period, p_programme, f.bucket
      from family f
      left join lateral (
        select true as yes from purse u
         where v_held and u.bucket = f.bucket and u.programme = p_programme and u.period = p_period and u.family = f.id
           and u.state <> 'C' limit 1) u on true
     where u.yes is null
     order by f.bucket, f.id;
    get diagnostics v_rows = row_count;
    return v_rows;
end
$$;

-- What the books say of each staged line, in the order in which it would be funded, all from one join and one sort:
-- bucket is null where the family is not known; before is the line that pays the same; held names the disbursement, other
-- than this one, from which the family has the period's money.
create function bpnt.stage_look(p_name text) returns table (n bigint, line bigint, family bigint, amount bigint,
    period integer, programme smallint, bucket smallint, before bigint, held text)
language sql stable as $$
    with period as (
        select distinct t.programme, t.period from bpnt.tranche t where t.purses > 0)
    select s.n, s.line, s.family, s.amount, s.period, s.programme, s.bucket, s.before, d.name
      from (select s.*, f.bucket,
                   row_number() over (partition by f.bucket order by s.programme, s.period, s.family, s.line) as n,
                   lag(s.line) over (partition by f.bucket, s.programme, s.period, s.family order by s.line) as before
              from bpnt.stage s left join bpnt.family f on f.id = s.family) s
      left join period h on h.programme = s.programme and h.period = s.period
      left join lateral (
        select p.tranche from bpnt.purse p
         where h.period is not null and p.bucket = s.bucket and p.programme = s.programme and p.period = s.period
           and p.family = s.family and p.state <> 'C' limit 1) u on true
      left join bpnt.tranche t on t.id = u.tranche
      left join bpnt.disbursement d on d.id = t.disbursement and d.name <> p_name
$$;

-- Sorts the staged lines that can be paid into the order in which they are funded, and counts them.
create function bpnt.stage_sort(p_name text) returns bigint
language plpgsql security definer set search_path = bpnt, pg_temp
set jit = off set work_mem = '256MB' set enable_nestloop = off as $$
declare
    v_rows bigint;
begin
    insert into staged (n, family, amount, period, programme, bucket)
    select l.n, l.family, l.amount, l.period, l.programme, l.bucket from stage_look(p_name) l
     where l.bucket is not null and l.before is null and l.held is null;
    get diagnostics v_rows = row_count;
    return v_rows;
end
$$;

-- The staged lines that cannot be paid, in their order, and why; a line of several periods may come more than once.
-- A reason never repeats a family's number: what stands in its place may be a card's.
create function bpnt.stage_faults(p_name text) returns table (line bigint, reason text)
language plpgsql security definer set search_path = bpnt, pg_temp
set jit = off set work_mem = '256MB' set enable_nestloop = off as $$
begin
    return query
    select l.line, case
            when l.bucket is null then 'the family is not in the books'
            when l.before is not null then format('line %s pays this family for period %s already', l.before, l.period)
            else format('the family has the money of period %s already, from %s', l.period, l.held) end
      from stage_look(p_name) l
     where l.bucket is null or l.before is not null or l.held is not null
     order by l.line, l.period;
end
$$;

-- Sets how full an insert may make a page of purses. A disbursement leaves a quarter of each page free, for the new versions
-- of its rows. But whoever reads a page that has less free than this setting wants cleans it up first: with a quarter
-- wanted, the first redemption on a page made every later one clean (4 of 40 µs, and 50 bytes of WAL). So once the purses
-- stand, the page counts as full, and is cleaned when less than a tenth is free. It is a matter of speed only, and never
-- waited for: a vacuum may hold the table.
create function bpnt.purse_pages(p_fill integer) returns void
language plpgsql security definer set search_path = bpnt, pg_temp set lock_timeout = '100ms' as $$
begin
    execute format('alter table purse set (fillfactor = %s)', p_fill);
exception when lock_not_available then null;
end
$$;

-- Enters the disbursement and its tranches. Run again with the same name and digest, it goes on with what was begun.
create function bpnt.disburse_begin(p_now timestamptz, p_name text, p_digest bytea) returns integer
language plpgsql security definer set search_path = bpnt, pg_temp
set jit = off as $$
declare
    v_now    timestamptz := clock(p_now);
    v_of     disbursement;
    v_purses bigint;
    v_total  bigint;
begin
    perform purse_pages(75);
    select count(*), coalesce(sum(amount), 0) into v_purses, v_total from staged;
    if exists (select from staged where period > month_of(business_date(v_now)) + 100) then
        raise exception 'period % is more than a year ahead: correct it', (select max(period) from staged) using errcode = 'BP001';
    end if;
    insert into disbursement (name, digest, purses, total, begun_at) values (p_name, p_digest, v_purses, v_total, v_now)
    on conflict (name) do nothing returning * into v_of;
    if v_of.id is not null then
        insert into journal (action, what) values ('disbursement begun', p_name);
    else
        select * into strict v_of from disbursement d where d.name = p_name for update;
        if v_of.status <> 'funding' or v_of.digest is distinct from p_digest then
            raise exception 'another disbursement is called %', p_name using errcode = 'BP001';
        end if;
        if p_digest is null then -- an order for everyone goes on with whoever is left
            update disbursement d set purses = v_purses + t.purses, total = v_total + t.funded
              from (select coalesce(sum(purses), 0) as purses, coalesce(sum(funded), 0) as funded
                      from tranche where disbursement = v_of.id) t
             where d.id = v_of.id;
        end if;
    end if;
    insert into tranche (disbursement, programme, period)
    select distinct v_of.id, programme, period from staged order by 2, 3
    on conflict do nothing;
    return v_of.id;
end
$$;

-- Funds the next staged purses of a bucket after number p_after. A chunk is small, so that the bucket's lane never
-- waits long for the lock. last_n is null when none are left. A family's emptied purses are set aside on the way. Only a
-- purse that was taken back may be funded anew; any other has its money from before the job was broken off.
--
-- Rows are named by their place (ctid), which stays while we hold the lock. As a join, setting aside read all purses of
-- the bucket in each chunk: 65 ms under the lock at half a million.
--
-- A chunk's commit does not wait for the disk, and so the lane does not wait for it either. What a crash takes with it
-- is funded by the next run; nothing of it is spendable before disburse_open, whose commit waits for everything before.
create function bpnt.disburse_chunk(p_now timestamptz, p_id integer, p_bucket smallint, p_after bigint, p_limit integer,
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
    perform set_config('synchronous_commit', 'off', true);
    perform pg_advisory_xact_lock(8583, p_bucket);
    v_now := clock(p_now);
    v_date := business_date(v_now);
    select b.message_no into strict v_first from bucket b where b.id = p_bucket;
    with next as materialized (
        select s.n, v_first + s.n - p_after as new_id, s.family, s.amount, s.programme, s.period, t.id as tranche,
               u.place, u.message, u.place is null or u.state = 'C' as due
          from (select * from staged s where s.bucket = p_bucket and s.n > p_after order by s.n limit p_limit) s
          join tranche t on t.disbursement = p_id and t.programme = s.programme and t.period = s.period and t.status = 'pending'
          left join lateral (
            select p.ctid as place, p.message, p.state from purse p
             where p.bucket = p_bucket and p.programme = s.programme and p.period = s.period and p.family = s.family
             limit 1) u on true
    ), aside as (
        update purse u set state = 'E'
          from (select p.place from next x cross join lateral (
                    select p.ctid as place from purse p
                     where p.bucket = p_bucket and p.family = x.family and p.programme = x.programme and p.state = 'O'
                       and p.balance = 0 and p.tranche <> x.tranche
                    offset 0) p
                 where x.due) q
         where u.ctid = q.place
    ), fresh as (
        insert into purse (bucket, family, programme, period, balance, granted, message, tranche)
        select p_bucket, x.family, x.programme, x.period, x.amount, x.amount, x.new_id, x.tranche from next x
         where x.place is null
    ), anew as (
        update purse u set balance = x.amount, granted = u.granted + x.amount, before_message = u.message,
            message = x.new_id, tranche = x.tranche, state = 'O'
          from next x where x.due and x.place is not null and u.ctid = x.place
    ), posted as (
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period,
            amount, business_date, previous)
        select p_bucket, x.new_id, 1, 'D', 'F', x.tranche, 'P', x.family, x.programme, x.period, x.amount, v_date, x.message
          from next x where x.due
    ), counted as (
        update tranche t set purses = t.purses + c.purses, funded = t.funded + c.amount
          from (select x.tranche, count(*) as purses, sum(x.amount) as amount from next x where x.due group by 1) c
         where t.id = c.tranche
    )
    select max(x.n), count(*), count(*) filter (where x.due), coalesce(sum(x.amount) filter (where x.due), 0)
      into last_n, purses, funded, amount
      from next x;
    if funded > 0 then
        perform end_flush(p_bucket, v_first + last_n - p_after, v_now);
    end if;
end
$$;

-- Makes a disbursement spendable: one statement, so that it happens for every family at once, and only when every
-- purse of it was funded.
create function bpnt.disburse_open(p_now timestamptz, p_id integer) returns void
language plpgsql security definer set search_path = bpnt, pg_temp as $$
declare
    v_now  timestamptz := clock(p_now);
    v_date date := business_date(v_now);
    v_of   disbursement;
begin
    select * into strict v_of from disbursement where id = p_id for update;
    if v_of.status <> 'funding' then
        return;
    end if;
    perform disburse_funded(v_of);
    perform purse_pages(100);
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
