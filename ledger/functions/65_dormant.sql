-- Dormancy: money that a family leaves alone is frozen, and later returned to the treasury.

-- The business date on which a family last used a programme's money, by its purses' chains of postings: a redemption,
-- its reversal, or a thaw, for which somebody came to the branch. Null: never.
create function bpnt.last_use(p_bucket smallint, p_family bigint, p_programme smallint) returns date
language sql stable set search_path = bpnt, pg_temp as $$
    with recursive chain as (
        select q.* from (select distinct period from tranche where programme = p_programme) t
          join purse u on u.bucket = p_bucket and u.programme = p_programme and u.period = t.period and u.family = p_family
          join posting q on q.bucket = u.bucket and q.message = u.message and q.programme = u.programme and q.period = u.period
        union all
        select q.* from chain c join posting q on q.bucket = c.bucket and q.message = c.previous
               and q.programme = c.programme and q.period = c.period
         where c.kind not in ('R', 'U', 'H'))
    select max(business_date) from chain where kind in ('R', 'U', 'H');
$$;

-- The business date on which a purse was frozen.
create function bpnt.frozen_on(p_bucket smallint, p_programme smallint, p_period integer, p_message bigint) returns date
language sql stable set search_path = bpnt, pg_temp as $$
    with recursive chain as (
        select q.* from posting q
         where q.bucket = p_bucket and q.message = p_message and q.programme = p_programme and q.period = p_period
        union all
        select q.* from chain c join posting q on q.bucket = c.bucket and q.message = c.previous
               and q.programme = c.programme and q.period = c.period
         where c.kind <> 'F')
    select max(business_date) from chain where kind = 'F';
$$;

-- Of the next p_limit purses of a bucket, from the family after p_after on, those that a job is to move on a date:
-- 'F' freezes open purses whose money has been there, and was not used, for the rule's freeze_days; 'Y' returns
-- purses that have been frozen for return_days. The last row has a null programme and names the last family looked at;
-- there is none when none are left. touched is the last use, or the day of freezing.
create function bpnt.dormant(p_job "char", p_bucket smallint, p_date date, p_after bigint, p_limit integer)
returns table (family bigint, programme smallint, period integer, balance bigint, opened_on date, touched date)
language plpgsql stable security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
set jit = off
as $$
#variable_conflict use_column
declare
    v_due integer[]; -- tranches old enough
begin
    select coalesce(array_agg(t.id), '{}') into v_due from tranche t
     where t.status in ('open', 'closing', 'closed')
       and case p_job when 'F' then t.status = 'open' and t.opened_on + (rule_on(t.programme, p_date)).freeze_days <= p_date
                      else (rule_on(t.programme, p_date)).return_days is not null end;
    return query
    with next as materialized (
        (select p.* from purse p where p.bucket = p_bucket and p.family > p_after and p.state = 'O' and p_job = 'F'
          order by p.family fetch first p_limit rows with ties)
        union all
        (select p.* from purse p where p.bucket = p_bucket and p.family > p_after and p.state = 'F' and p_job = 'Y'
          order by p.family fetch first p_limit rows with ties)
    ), old as materialized (
        select x.family, x.programme, x.period, x.balance, t.opened_on, case p_job
            when 'F' then last_use(p_bucket, x.family, x.programme)
            else frozen_on(p_bucket, x.programme, x.period, x.message) end as touched
          from next x join tranche t on t.id = x.tranche
         where x.tranche = any (v_due) and (x.balance > 0 or p_job = 'Y')
    )
    select o.family, o.programme, o.period, o.balance, o.opened_on, o.touched from old o cross join lateral (
        select r.freeze_days, r.return_days from rule_on(o.programme, p_date) r) r
     where case p_job when 'F' then coalesce(o.touched + r.freeze_days <= p_date, true)
                      else o.touched + r.return_days <= p_date end
    union all
    select max(x.family), null, null, null, null, null from next x having max(x.family) is not null;
end
$$;

-- Moves what dormant() names, under the bucket's lock: freezes ('F': P → Z) or returns ('Y': Z → T).
create function bpnt.dormant_chunk(p_now timestamptz, p_job "char", p_bucket smallint, p_after bigint, p_limit integer)
returns table (family bigint, programme smallint, period integer, balance bigint, opened_on date, touched date)
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
declare
    v_now   timestamptz;
    v_first bigint;
    v_date  date;
    v_moved bigint;
begin
    if p_job not in ('F', 'Y') then
        raise exception 'no such job' using errcode = '22023';
    end if;
    perform pg_advisory_xact_lock(8583, p_bucket);
    v_now := clock(p_now);
    v_date := business_date(v_now);
    select b.message_no into strict v_first from bucket b where b.id = p_bucket;
    return query
    with named as materialized (
        select d.*, v_first + row_number() over () as new_id from dormant(p_job, p_bucket, v_date, p_after, p_limit) d
    ), due as materialized (
        select x.*, p.message from named x join purse p on p.bucket = p_bucket and p.programme = x.programme
           and p.period = x.period and p.family = x.family
    ), moved as (
        update purse p set
            balance = case p_job when 'F' then p.balance else 0 end, state = case p_job when 'F' then 'F' else 'T' end::"char",
            before_message = case when d.balance > 0 then p.message else p.before_message end,
            message = case when d.balance > 0 then d.new_id else p.message end
          from due d
         where p.bucket = p_bucket and p.programme = d.programme and p.period = d.period and p.family = d.family
    ), posted as (
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period,
            amount, business_date, previous)
        select p_bucket, d.new_id, 1, p_job, case p_job when 'F' then 'P' else 'Z' end::"char", d.family,
            case p_job when 'F' then 'Z' else 'T' end::"char", case p_job when 'F' then d.family else d.programme end,
            d.programme, d.period, d.balance, v_date, d.message
          from due d where d.balance > 0
    )
    select x.family, x.programme, x.period, x.balance, x.opened_on, x.touched from named x;
    get diagnostics v_moved = row_count;
    perform end_flush(p_bucket, v_first + v_moved, v_now);
end
$$;

-- Gives a family its frozen money back, because somebody came to the branch. What froze in a period that was closed
-- since stays where it is.
create function bpnt.thaw(p_now timestamptz, p_bucket smallint, p_family bigint, p_programme smallint, p_reason text,
    out purses integer, out amount bigint)
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
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
    with due as materialized (
        select p.programme, p.period, p.balance, p.message, v_first + row_number() over (order by p.period) as new_id
          from purse p join tranche t on t.id = p.tranche and t.status = 'open'
         where p.bucket = p_bucket and p.family = p_family and p.programme = p_programme and p.state = 'F'
    ), moved as (
        update purse p set state = 'O',
            before_message = case when d.balance > 0 then p.message else p.before_message end,
            message = case when d.balance > 0 then d.new_id else p.message end
          from due d
         where p.bucket = p_bucket and p.programme = d.programme and p.period = d.period and p.family = p_family
    ), posted as (
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period,
            amount, business_date, previous)
        select p_bucket, d.new_id, 1, 'H', 'Z', p_family, 'P', p_family, d.programme, d.period, d.balance, v_date, d.message
          from due d where d.balance > 0
    )
    select count(*)::integer, coalesce(sum(balance), 0) into purses, amount from due;
    if purses = 0 then
        return;
    end if;
    perform end_flush(p_bucket, v_first + purses, v_now);
    insert into journal (action, what, reason)
    values ('thaw', format('family %s: Rp %s in %s purses', p_family, amount, purses), p_reason);
end
$$;
