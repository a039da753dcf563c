-- A programme's rules: dated rows.

-- The rule in force on a business date, or a row of nulls.
create function bpnt.rule_on(p_programme smallint, p_date date) returns bpnt.rule language sql stable
set search_path = bpnt, pg_temp as $$
    select r from rule r where r.programme = p_programme and r.since <= p_date order by r.since desc limit 1;
$$;

-- A new programme; numbers are given in order, since post() keeps rules in an array.
create function bpnt.programme_add(p_code text, p_name text) returns smallint
language plpgsql security definer set search_path = bpnt, pg_temp as $$
declare
    v_id smallint;
begin
    lock table programme in share row exclusive mode;
    insert into programme (id, code, name) select max(id) + 1, p_code, p_name from programme returning id into v_id;
    insert into journal (action, what) values ('programme add', p_code);
    return v_id;
end
$$;

-- A decree. It holds from a business date after today; the first rule of a programme may be of any date.
create function bpnt.rule_add(p_now timestamptz, p_rule bpnt.rule, p_reason text) returns void
language plpgsql security definer set search_path = bpnt, pg_temp as $$
declare
    v_today date := business_date(clock(p_now));
begin
    if p_rule.since <= v_today and exists (select from rule where programme = p_rule.programme) then
        raise exception 'a rule must begin after today, %, so that the past keeps its own', v_today using errcode = 'BP001';
    end if;
    if exists (select from rule where programme = p_rule.programme and since = p_rule.since) then
        raise exception 'the programme has a rule from % already; a later date may follow it', p_rule.since using errcode = 'BP001';
    end if;
    insert into rule select (p_rule).*;
    insert into journal (action, what, reason)
    select 'rule add', p.code || ' from ' || p_rule.since, p_reason from programme p where p.id = p_rule.programme;
end
$$;

-- What a family redeemed of a programme on a business date, less what was reversed: for limits of a day.
create function bpnt.day_of(p_bucket smallint, p_family bigint, p_programme smallint, p_date date,
    out redemptions integer, out amount bigint)
language sql stable set search_path = bpnt, pg_temp as $$
    with recursive chain as (
        select q.* from purse u join posting q on q.bucket = u.bucket and q.message = u.message
               and q.programme = u.programme and q.period = u.period
         where u.bucket = p_bucket and u.family = p_family and u.programme = p_programme and u.state = 'O'
        union all
        select q.* from chain c join posting q on q.bucket = c.bucket and q.message = c.previous
               and q.programme = c.programme and q.period = c.period
         where c.business_date = p_date)
    select (count(distinct message) filter (where kind = 'R') - count(distinct message) filter (where kind = 'U'))::integer,
           coalesce(sum(case kind when 'R' then c.amount when 'U' then -c.amount end), 0)::bigint
      from chain c where business_date = p_date;
$$;

-- Why a family's money does not suffice, as an outcome. p_open: it has an open purse.
create function bpnt.why_short(p_bucket smallint, p_family bigint, p_programme smallint, p_open boolean) returns smallint
language plpgsql stable set search_path = bpnt, pg_temp as $$
declare
    v_state "char";
begin
    perform from purse where bucket = p_bucket and family = p_family and programme = p_programme and state = 'F';
    if found then
        return 53;
    elsif p_open then
        return 51;
    end if;
    select u.state into v_state
      from (select distinct t.period from tranche t where t.programme = p_programme) t
      join purse u on u.bucket = p_bucket and u.programme = p_programme and u.period = t.period and u.family = p_family
     order by t.period desc limit 1;
    return case v_state when 'T' then 54 when 'X' then 55 else 52 end;
end
$$;
