-- Emptying what was closed: expiry, and what a reversing disbursement takes back.

-- Closes the tranches whose money has been there for as long as their programme's rule allows.
create function bpnt.expire_begin(p_now timestamptz) returns integer
language plpgsql security definer set search_path = bpnt, pg_temp as $$
declare
    v_date  date := business_date(clock(p_now));
    v_count integer;
begin
    update tranche t set status = 'closing', closing = 'X'
     where t.status = 'open' and t.opened_on + (rule_on(t.programme, v_date)).expire_days <= v_date;
    get diagnostics v_count = row_count;
    return v_count;
end
$$;

-- Empties the purses of closing tranches, in one bucket, from the family after p_after on: expiry to the treasury,
-- what is taken back to the fund. It looks at p_limit purses in state p_state (O; F as well for what is taken back),
-- never at a part of a family's. last_family is null when none are left.
create function bpnt.empty_chunk(p_now timestamptz, p_bucket smallint, p_state "char", p_after bigint, p_limit integer,
    out last_family bigint, out looked integer, out purses integer, out amount bigint)
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
set jit = off
as $$
#variable_conflict use_column
declare
    v_now   timestamptz;
    v_first bigint;
    v_date  date;
    v_due   integer[];
begin
    perform pg_advisory_xact_lock(8583, p_bucket);
    v_now := clock(p_now);
    v_date := business_date(v_now);
    select b.message_no into strict v_first from bucket b where b.id = p_bucket;
    select coalesce(array_agg(t.id), '{}') into v_due from tranche t
     where t.status = 'closing' and (p_state = 'O' or t.closing = 'C');
    with next as materialized (
        (select p.* from purse p where p.bucket = p_bucket and p.family > p_after and p.state = 'O' and p_state = 'O'
          order by p.family fetch first p_limit rows with ties)
        union all
        (select p.* from purse p where p.bucket = p_bucket and p.family > p_after and p.state = 'F' and p_state = 'F'
          order by p.family fetch first p_limit rows with ties)
    ), due as materialized (
        select x.family, x.programme, x.period, x.balance, x.message, x.tranche, x.state, t.closing,
            v_first + row_number() over (order by x.family, x.programme, x.period) as new_id
          from next x join tranche t on t.id = x.tranche
         where x.tranche = any (v_due)
    ), moved as (
        update purse p set balance = 0, state = d.closing,
            granted = p.granted - case d.closing when 'C' then d.balance else 0 end,
            before_message = case when d.balance > 0 then p.message else p.before_message end,
            message = case when d.balance > 0 then d.new_id else p.message end
          from due d
         where p.bucket = p_bucket and p.programme = d.programme and p.period = d.period and p.family = d.family
    ), posted as (
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period,
            amount, business_date, previous)
        select p_bucket, d.new_id, 1, d.closing, case d.state when 'F' then 'Z' else 'P' end::"char", d.family,
            case d.closing when 'C' then 'F' else 'T' end::"char",
            case d.closing when 'C' then d.tranche else d.programme end,
            d.programme, d.period, d.balance, v_date, d.message
          from due d where d.balance > 0
    )
    select (select max(x.family) from next x), (select count(*) from next)::integer, count(*)::integer,
           coalesce(sum(d.balance), 0)
      into last_family, looked, purses, amount from due d;
    perform end_flush(p_bucket, v_first + purses, v_now);
end
$$;

-- Closes the tranches that are empty now. Every bucket was passed under its lock since they began to close.
create function bpnt.empty_end(p_now timestamptz) returns integer
language plpgsql security definer set search_path = bpnt, pg_temp as $$
declare
    v_now   timestamptz := clock(p_now);
    v_count integer;
begin
    update disbursement d set status = 'reversed' where d.status = 'reversing';
    update tranche set status = 'closed', closed_at = v_now where status = 'closing';
    get diagnostics v_count = row_count;
    return v_count;
end
$$;
