-- Emptying what was closed: expiry, and what a reversing disbursement takes back.
--
-- There are two ways of expiry. After so many days a tranche closes for every family at once. At the next disbursement
-- each family's older money goes when it has newer money: a month comes in many files, bank by bank, and a family whose
-- file has not come yet keeps what it has.

-- The open tranches whose money has been there for as long as their programme's rule of a business date allows.
create function bpnt.expiring(p_date date) returns integer[]
language sql stable set search_path = bpnt, pg_temp as $$
    select coalesce(array_agg(t.id), '{}') from tranche t
     where t.status = 'open' and t.opened_on + (rule_on(t.programme, p_date)).expire_days <= p_date;
$$;

-- Closes them.
create function bpnt.expire_begin(p_now timestamptz) returns integer
language plpgsql security definer set search_path = bpnt, pg_temp as $$
declare
    v_due   integer[] := expiring(business_date(clock(p_now)));
    v_count integer;
begin
    update tranche t set status = 'closing', closing = 'X' where t.id = any (v_due);
    get diagnostics v_count = row_count;
    return v_count;
end
$$;

-- The open tranches whose coming ended the older tranche of the same families: of a later period, opened later. Both were
-- opened on days on which the programme's rule was expire_at_next: what was granted to accumulate, accumulates.
create function bpnt.heirs(p_tranche integer) returns integer[]
language sql stable set search_path = bpnt, pg_temp as $$
    select coalesce(array_agg(q.id), '{}') from tranche t join tranche q on q.programme = t.programme
       and q.period > t.period and (q.opened_at, q.id) > (t.opened_at, t.id) and q.status = 'open'
       and (rule_on(q.programme, q.opened_on)).unspent = 'expire_at_next'
     where t.id = p_tranche and t.status = 'open' and (rule_on(t.programme, t.opened_on)).unspent = 'expire_at_next';
$$;

-- The tranches that have purses to be emptied.
create function bpnt.emptying() returns setof integer
language sql stable security definer set search_path = bpnt, pg_temp as $$
    select id from tranche where status = 'closing' or status = 'open' and heirs(id) <> '{}';
$$;

-- What expire would empty now, for those who want to look before: every open purse of what is due, and of what an
-- earlier run left closing.
create function bpnt.expire_look(p_now timestamptz)
returns table (programme text, period integer, disbursement text, opened_on date, purses bigint, amount bigint)
language plpgsql stable security definer
set search_path = bpnt, pg_temp
set jit = off
as $$
#variable_conflict use_column
declare
    v_due integer[] := expiring(business_date(clock(p_now)));
begin
    return query
    with due as materialized (
        select t.*, heirs(t.id) as heirs from tranche t
         where (t.id = any (v_due) or t.id in (select emptying())) and t.closing is distinct from 'C')
    select g.code, t.period, d.name, t.opened_on, count(p.family), coalesce(sum(p.balance), 0)::bigint
      from due t join programme g on g.id = t.programme join disbursement d on d.id = t.disbursement
      left join (bucket b join purse p on p.bucket = b.id)
        on p.programme = t.programme and p.period = t.period and p.tranche = t.id and p.state = 'O' and p.balance > 0
       and (t.id = any (v_due) or t.status = 'closing' or exists (
            select from purse q where q.bucket = p.bucket and q.family = p.family and q.programme = p.programme
               and q.state = 'O' and q.tranche = any (t.heirs)))
     group by t.id, t.period, t.opened_on, g.code, d.name order by g.code, t.period, d.name;
end
$$;

-- Empties purses of a tranche, in one bucket, from the family after p_after on: by expiry to the treasury; what is taken
-- back goes to the fund, and that from frozen purses too. Of a tranche that is still open it takes those whose family has
-- newer money (heirs). It walks the period's purses in the order in which they lie and looks at p_limit of them. purses
-- counts those that had money, alive those that may have money yet; last_family is null when none are left.
create function bpnt.empty_chunk(p_now timestamptz, p_bucket smallint, p_tranche integer, p_after bigint, p_limit integer,
    out last_family bigint, out purses integer, out amount bigint, out alive integer)
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set jit = off
as $$
#variable_conflict use_column
declare
    v_now   timestamptz;
    v_first bigint;
    v_date  date;
    v_of    tranche;
    v_kind  "char"; -- of the postings, and the state that purses get
    v_heirs integer[];
    v_due   integer;
begin
    perform pg_advisory_xact_lock(8583, p_bucket);
    v_now := clock(p_now);
    v_date := business_date(v_now);
    select b.message_no into strict v_first from bucket b where b.id = p_bucket;
    select * into strict v_of from tranche t where t.id = p_tranche and t.status in ('closing', 'open');
    v_kind := coalesce(v_of.closing, 'X');
    v_heirs := heirs(p_tranche); -- none of a closing one
    with next as materialized (
        select p.ctid as place, p.family, p.balance, p.message, p.tranche, p.state from purse p
         where p.bucket = p_bucket and p.programme = v_of.programme and p.period = v_of.period and p.family > p_after
         order by p.family limit p_limit
    ), due as materialized (
        select x.*, v_first + row_number() over (order by x.family) as new_id from next x
         where x.tranche = p_tranche and case v_of.status
               when 'closing' then x.state = 'O' or v_kind = 'C' and x.state in ('E', 'F')
               else x.state in ('O', 'E') and exists (
                    select from purse q where q.bucket = p_bucket and q.family = x.family and q.programme = v_of.programme
                       and q.state = 'O' and q.tranche = any (v_heirs)) end
    ), moved as (
        update purse p set balance = 0, state = v_kind,
            granted = p.granted - case v_kind when 'C' then d.balance else 0 end,
            before_message = case when d.balance > 0 then p.message else p.before_message end,
            message = case when d.balance > 0 then d.new_id else p.message end
          from due d
         where p.ctid = d.place
        returning d.balance
    ), posted as (
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period,
            amount, business_date, previous)
        select p_bucket, d.new_id, 1, v_kind, case d.state when 'F' then 'Z' else 'P' end::"char", d.family,
            case v_kind when 'C' then 'F' else 'T' end::"char",
            case v_kind when 'C' then p_tranche else v_of.programme end,
            v_of.programme, v_of.period, d.balance, v_date, d.message
          from due d where d.balance > 0
    )
    select (select max(x.family) from next x), count(*), count(*) filter (where m.balance > 0), coalesce(sum(m.balance), 0),
           (select count(*) from next x where x.tranche = p_tranche and x.state in ('O', 'E', 'F')) - count(*)
      into last_family, v_due, purses, amount, alive from moved m;
    if purses > 0 then
        perform end_flush(p_bucket, v_first + v_due, v_now);
    end if;
end
$$;

-- Closes the tranches that are empty now: those that were closing, and the open ones in p_empty, in which no purse was
-- found alive. Every bucket was passed under its lock since they began to close; no purse comes alive again in an open
-- tranche in which none is.
create function bpnt.empty_end(p_now timestamptz, p_empty integer[]) returns integer
language plpgsql security definer set search_path = bpnt, pg_temp as $$
declare
    v_now   timestamptz := clock(p_now);
    v_count integer;
begin
    update tranche t set status = 'closing', closing = 'X'
     where t.id = any (p_empty) and t.status = 'open' and not exists (
        select from bucket b join purse u on u.bucket = b.id and u.programme = t.programme and u.period = t.period
         where u.tranche = t.id and u.state in ('O', 'E', 'F'));
    insert into journal (action, what)
    select case t.closing when 'X' then 'period expired' else 'period taken back' end, format('%s %s of %s', g.code, t.period, d.name)
      from tranche t join programme g on g.id = t.programme join disbursement d on d.id = t.disbursement
     where t.status = 'closing' order by t.id;
    update disbursement d set status = 'reversed' where d.status = 'reversing';
    update tranche set status = 'closed', closed_at = v_now where status = 'closing';
    get diagnostics v_count = row_count;
    return v_count;
end
$$;
