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
    insert into journal (action, what) values ('programme add', 'programme ' || p_code);
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
    if exists (select from rule where programme = p_rule.programme and since > p_rule.since) then
        raise exception 'a rule from % stands already and would end this one: give a later date, and all that shall hold from it on',
            (select max(since) from rule where programme = p_rule.programme) using errcode = 'BP001';
    end if;
    insert into rule select (p_rule).*;
    insert into journal (action, what, reason)
    select 'rule add', format('programme %s: from %s', p.code, p_rule.since), p_reason from programme p where p.id = p_rule.programme;
end
$$;

-- A family's purses of a programme, whatever their state: one look-up for each period that was ever paid. This function
-- and the next are merged into the queries that call them, so they set nothing and name the schema. Their limits keep
-- the planner from joins, for which it read every purse of the bucket: 12 ms a family at 100,000.
create function bpnt.family_purses(p_bucket smallint, p_family bigint, p_programme smallint) returns setof bpnt.purse
language sql stable as $$
    select u.* from (select distinct t.period from bpnt.tranche t where t.programme = p_programme) t cross join lateral (
        select * from bpnt.purse p
         where p.bucket = p_bucket and p.programme = p_programme and p.period = t.period and p.family = p_family limit 1) u;
$$;

-- The posting that a message made on a purse.
create function bpnt.posting_on(p_bucket smallint, p_message bigint, p_programme smallint, p_period integer) returns setof bpnt.posting
language sql stable as $$
    select * from bpnt.posting q
     where q.bucket = p_bucket and q.message = p_message and q.programme = p_programme and q.period = p_period limit 1;
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
    select u.state into v_state from family_purses(p_bucket, p_family, p_programme) u order by u.period desc limit 1;
    return case v_state when 'T' then 54 when 'X' then 55 else 52 end;
end
$$;
