-- Berita acara: food that was handed out against a signed form while the bank was away.

-- Books it, within the programme's limits: the purses pay what they hold, the family owes the rest. An advice needs no PIN,
-- so the outlet's limit of a day counts all of it, what purses paid too: else an outlet could empty them by card numbers. Expiry, PIN and hours
-- play no part, since it has happened. Where the programme books none, or the limits are reached, nothing moves.
create function bpnt.advice(a bpnt.amendment, c bpnt.card) returns bpnt.amendment
language plpgsql volatile set search_path = bpnt, pg_temp as $$
declare
    v_rule  rule;
    v_short bigint;
begin
    a.outcome := advice_refused(a, c);
    if a.outcome <> 1 then
        return a;
    end if;
    select * into v_rule from rule_on(a.programme, a.date);
    v_short := greatest(a.amount - spendable(a.bucket, a.family, a.programme, a.shut), 0);
    if v_rule.advance_family is null then
        return with_outcome(a, 66);
    elsif a.amount > v_rule.most then
        return with_outcome(a, 63);
    elsif advanced(a.outlet, a.date) + a.amount > v_rule.advance_outlet
            or v_short > 0 and owed(a.bucket, a.family, a.programme) + v_short > v_rule.advance_family then
        return with_outcome(a, 67);
    end if;
    perform take(a, a.outlet, a.amount, '{}', a.batch);
    insert into advance_day as d (outlet, business_date, amount) values (a.outlet, a.date, a.amount)
    on conflict (outlet, business_date) do update set amount = d.amount + excluded.amount;
    return a;
end
$$;

-- Why terminal, outlet, card, amount or programme refuse an advice, in the order of post(); 1 where they do not.
create function bpnt.advice_refused(a bpnt.amendment, c bpnt.card) returns smallint
language sql stable set search_path = bpnt, pg_temp as $$
    select case
            when t.status <> 'active' then 21
            when a.mid <> '' and a.mid <> o.mid then 22
            when o.status <> 'active' then 23
            when c.pan is null then 30
            when c.status = 'lost' then 31
            when c.status = 'stolen' then 32
            when c.status = 'inactive' then 35
            when c.status <> 'active' then 33
            when a.amount <= 0 then 50
            when not a.by_card and c.programme <> a.programme then 61
            else 1 end::smallint
      from terminal t join outlet o on o.id = t.outlet where t.id = a.terminal;
$$;

-- What an outlet has told by advices on a business day.
create function bpnt.advanced(p_outlet integer, p_date date) returns bigint
language sql stable set search_path = bpnt, pg_temp as $$
    select coalesce((select d.amount from advance_day d where d.outlet = p_outlet and d.business_date = p_date), 0);
$$;
