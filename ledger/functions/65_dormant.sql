-- Dormancy: money that a family leaves alone is frozen, and later returned to the treasury. The jobs are 'F' and 'Y',
-- like the postings that they make. Both go by the rule of the day on which they run.

-- The business date on which a family last used a programme's money, by its purses' chains of postings: a redemption,
-- its reversal, or a thaw, for which somebody came to the branch. Null: never.
create function bpnt.last_use(p_bucket smallint, p_family bigint, p_programme smallint) returns date
language sql stable set search_path = bpnt, pg_temp as $$
    with recursive chain as (
        select q.* from family_purses(p_bucket, p_family, p_programme) u
               cross join lateral posting_on(p_bucket, u.message, p_programme, u.period) q
         where u.before_message is not null -- else its only posting is the disbursement
        union all
        select q.* from chain c cross join lateral posting_on(p_bucket, c.previous, c.programme, c.period) q
         where c.kind not in ('R', 'U', 'H'))
    select max(business_date) from chain where kind in ('R', 'U', 'H');
$$;

-- The business date on which a purse was frozen.
create function bpnt.frozen_on(p_bucket smallint, p_programme smallint, p_period integer, p_message bigint) returns date
language sql stable set search_path = bpnt, pg_temp as $$
    with recursive chain as (
        select q.* from posting_on(p_bucket, p_message, p_programme, p_period) q
        union all
        select q.* from chain c cross join lateral posting_on(p_bucket, c.previous, c.programme, c.period) q
         where c.kind <> 'F')
    select max(business_date) from chain where kind = 'F';
$$;

-- The tranches of which a job may move purses on a business date. What is being taken back is not for the treasury.
create function bpnt.dormant_tranches(p_job "char", p_date date) returns integer[]
language sql stable set search_path = bpnt, pg_temp as $$
    select coalesce(array_agg(t.id), '{}') from tranche t cross join lateral rule_on(t.programme, p_date) r
     where case p_job when 'F' then t.status = 'open' and t.opened_on + r.freeze_days <= p_date
                      else t.status in ('open', 'closing', 'closed') and t.closing is distinct from 'C' and r.return_days is not null end;
$$;

-- Looks at the next p_limit purses of a bucket, from the family after p_after on, for families of whom dormant() may
-- name some: a look at the purse alone. last_family is null when none are left.
create function bpnt.dormant_page(p_now timestamptz, p_job "char", p_bucket smallint, p_after bigint, p_limit integer,
    out last_family bigint, out looked integer, out families bigint[])
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
    v_due integer[] := dormant_tranches(p_job, business_date(clock(p_now)));
begin
    looked := 0;
    if v_due = '{}' then
        return;
    end if;
    with next as materialized (
        (select p.family, p.tranche, p.balance from purse p
          where p.bucket = p_bucket and p.family > p_after and p.state = 'O' and p_job = 'F'
          order by p.family fetch first p_limit rows with ties)
        union all
        (select p.family, p.tranche, p.balance from purse p
          where p.bucket = p_bucket and p.family > p_after and p.state = 'F' and p_job = 'Y'
          order by p.family fetch first p_limit rows with ties)
    )
    select max(x.family), count(*)::integer,
           coalesce(array_agg(distinct x.family) filter (where x.balance > 0 and x.tranche = any (v_due)), '{}')
      into last_family, looked, families from next x;
end
$$;

-- The purses of some families that a job is to move now: 'F' freezes open purses whose money has been there, and was not
-- used, for the rule's freeze_days; 'Y' returns purses that have been frozen for return_days. touched is the last use, or
-- the day of freezing.
create function bpnt.dormant(p_now timestamptz, p_job "char", p_bucket smallint, p_families bigint[])
returns table (family bigint, region smallint, programme smallint, period integer, balance bigint, opened_on date, touched date)
language plpgsql stable security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
declare
    v_date date := business_date(clock(p_now));
    v_due  integer[] := dormant_tranches(p_job, v_date);
    v_days integer[]; -- of the rule, by number of programme
begin
    select array_agg(case p_job when 'F' then r.freeze_days else r.return_days end order by g.id) into v_days
      from programme g left join lateral rule_on(g.id, v_date) r on true;
    return query
    with old as materialized (
        select f.id as family, p.programme, p.period, p.balance, p.message, t.opened_on
          from unnest(p_families) f (id) cross join lateral (
            select * from purse p where p.bucket = p_bucket and p.family = f.id and p.state = 'O' and p_job = 'F' offset 0) p
          join tranche t on t.id = p.tranche
         where p.balance > 0 and p.tranche = any (v_due)
        union all
        select f.id, p.programme, p.period, p.balance, p.message, t.opened_on
          from unnest(p_families) f (id) cross join lateral (
            select * from purse p where p.bucket = p_bucket and p.family = f.id and p.state = 'F' and p_job = 'Y' offset 0) p
          join tranche t on t.id = p.tranche
         where p.tranche = any (v_due)
    ), used as materialized (
        select o.family, o.programme, last_use(p_bucket, o.family, o.programme) as at
          from (select distinct family, programme from old where p_job = 'F') o
         where exists (select from family_purses(p_bucket, o.family, o.programme) u where u.before_message is not null)
    ), told as (
        select o.*, case p_job when 'F' then u.at else ( -- the newest posting nearly always is the freezing itself
            select case q.kind when 'F' then q.business_date else frozen_on(p_bucket, o.programme, o.period, o.message) end
              from posting_on(p_bucket, o.message, o.programme, o.period) q) end as touched
          from old o left join used u on u.family = o.family and u.programme = o.programme
    )
    select d.family, f.region, d.programme, d.period, d.balance, d.opened_on, d.touched
      from told d join family f on f.bucket = p_bucket and f.id = d.family
     where coalesce(d.touched, d.opened_on) + v_days[d.programme] <= v_date
     order by d.family, d.programme, d.period;
end
$$;

-- Moves what dormant() names of some families, under the bucket's lock: freezes ('F': P → Z) or returns ('Y': Z → T).
create function bpnt.dormant_chunk(p_now timestamptz, p_job "char", p_bucket smallint, p_families bigint[])
returns table (family bigint, region smallint, programme smallint, period integer, balance bigint, opened_on date, touched date)
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
    with due as materialized (
        select d.*, p.ctid as place, p.message, v_first + row_number() over (order by d.family, d.programme, d.period) as new_id
          from dormant(p_now, p_job, p_bucket, p_families) d cross join lateral (
            select p.ctid, p.message from purse p
             where p.bucket = p_bucket and p.programme = d.programme and p.period = d.period and p.family = d.family limit 1) p
    ), moved as (
        update purse p set balance = case p_job when 'F' then p.balance else 0 end,
            state = case p_job when 'F' then 'F' else 'T' end::"char", before_message = p.message, message = d.new_id
          from due d
         where p.ctid = d.place
        returning 1
    ), posted as (
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period,
            amount, business_date, previous)
        select p_bucket, d.new_id, 1, p_job, case p_job when 'F' then 'P' else 'Z' end::"char", d.family,
            case p_job when 'F' then 'Z' else 'T' end::"char", case p_job when 'F' then d.family else d.programme end,
            d.programme, d.period, d.balance, v_date, d.message
          from due d
    )
    select d.family, d.region, d.programme, d.period, d.balance, d.opened_on, d.touched from due d
     where all_moved((select count(*) from due), (select count(*) from moved))
     order by d.new_id;
    get diagnostics v_moved = row_count;
    if v_moved > 0 then
        perform end_flush(p_bucket, v_first + v_moved, v_now);
    end if;
end
$$;

-- Gives a family its frozen money back, because somebody came to the branch. What froze in a period that was closed, or
-- that newer money ended, since stays where it is.
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
        select p.period, p.balance, p.message, v_first + row_number() over (order by p.period) as new_id
          from purse p join tranche t on t.id = p.tranche and t.status = 'open'
         where p.bucket = p_bucket and p.family = p_family and p.programme = p_programme and p.state = 'F'
           and not exists (select from purse q where q.bucket = p_bucket and q.family = p_family and q.programme = p_programme
                              and q.state = 'O' and q.tranche = any (heirs(p.tranche)))
    ), moved as (
        update purse p set state = 'O', before_message = p.message, message = d.new_id
          from due d
         where p.bucket = p_bucket and p.programme = p_programme and p.period = d.period and p.family = p_family
        returning d.balance
    ), posted as (
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period,
            amount, business_date, previous)
        select p_bucket, d.new_id, 1, 'H', 'Z', p_family, 'P', p_family, p_programme, d.period, d.balance, v_date, d.message
          from due d
    )
    select count(*)::integer, coalesce(sum(m.balance), 0) into purses, amount from moved m;
    if purses = 0 then
        return;
    end if;
    perform end_flush(p_bucket, v_first + purses, v_now);
    insert into journal (action, what, reason)
    select 'thaw', format('family %s, %s: Rp %s in %s purses', p_family, g.code, amount, purses), p_reason
      from programme g where g.id = p_programme;
end
$$;
