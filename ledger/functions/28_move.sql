-- Movements of money of a message that is decided row by row. Its amendment names the family and the programme.

-- Credits a purse with what came from p_from, and posts it on where the purse was closed meanwhile: to where that purse's
-- money went. One that was emptied and set aside is opened again, or closed with its tranche. The posting has the number
-- p_no, the one that goes on p_on.
create function bpnt.credit_purse(a bpnt.amendment, p_kind "char", p_from "char", p_from_id bigint,
    p_period integer, p_amount bigint, p_batch integer, p_no bigint, p_line smallint, p_on bigint) returns void
language plpgsql volatile set search_path = bpnt, pg_temp as $$
declare
    u       purse;
    v_state "char";
    v_on    "char"; -- kind of the posting that sends it on
begin
    select p.* into strict u from purse p
     where p.bucket = a.bucket and p.programme = a.programme and p.period = p_period and p.family = a.family;
    select case when u.state <> 'E' then u.state when t.status = 'open' then 'O' else t.closing end into strict v_state
      from tranche t where t.id = u.tranche;
    v_on := case v_state when 'O' then null when 'F' then null when 'C' then 'C' else 'X' end;
    insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period, amount,
        business_date, batch, previous)
    values (a.bucket, p_no, p_line, p_kind, p_from, p_from_id, case v_state when 'F' then 'Z' else 'P' end, a.family, a.programme,
        p_period, p_amount, a.date, p_batch, u.message);
    if v_on is null then
        update purse p set state = v_state, balance = p.balance + p_amount, before_message = p.message, message = p_no
         where p.bucket = a.bucket and p.programme = a.programme and p.period = p_period and p.family = a.family;
        return;
    end if;
    insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period, amount,
        business_date, previous)
    values (a.bucket, p_on, p_line, v_on, 'P', a.family, case v_on when 'C' then 'F' else 'T' end,
        case v_on when 'C' then u.tranche else a.programme end, a.programme, p_period, p_amount, a.date, p_no);
    update purse p set state = v_state, granted = p.granted - case v_on when 'C' then p_amount else 0 end,
           before_message = p_no, message = p_on
     where p.bucket = a.bucket and p.programme = a.programme and p.period = p_period and p.family = a.family;
end
$$;

-- Gives back p_amount of what stands of a redemption: of the debt first, then of its purses, the newest period first.
create function bpnt.give_back(a bpnt.amendment, p_redemption bigint, p_amount bigint, p_batch integer) returns void
language plpgsql volatile set search_path = bpnt, pg_temp as $$
declare
    s      record;
    v_left bigint   := p_amount;
    v_take bigint;
    v_line smallint := 0;
    v_over bigint   := 0; -- of a debt that was repaid
begin
    for s in select * from standing(a.bucket, p_redemption) order by account desc, period desc loop
        v_take := least(v_left, s.amount);
        exit when v_take = 0;
        v_left := v_left - v_take;
        v_line := v_line + 1;
        if s.account = 'Q' then
            v_over := owe_less(a, v_line, s.outlet, v_take, p_batch);
            continue;
        end if;
        perform credit_purse(a, 'U', 'O', s.outlet, s.period, v_take, p_batch, a.no, v_line, a.no + 2 * a.stride);
    end loop;
    if v_left > 0 then
        raise exception 'message % stands for less than was to be given back', rrn(a.bucket, p_redemption);
    end if;
    if v_over > 0 then
        perform give_over(a, v_over);
    end if;
end
$$;

-- Gives back what was repaid of a debt that there should not have been, to the purses that repaid it.
create function bpnt.give_over(a bpnt.amendment, p_amount bigint) returns void
language plpgsql volatile set search_path = bpnt, pg_temp as $$
declare
    s      record;
    v_left bigint   := p_amount;
    v_take bigint;
    v_line smallint := 0;
begin
    for s in select * from repaid(a.bucket, a.family, a.programme) loop
        v_take := least(v_left, s.amount);
        exit when v_take = 0;
        v_left := v_left - v_take;
        v_line := v_line + 1;
        perform credit_purse(a, 'G', 'Q', a.family, s.period, v_take, null,
            a.no + 3 * a.stride, v_line, a.no + 4 * a.stride);
    end loop;
    if v_left > 0 then
        raise exception 'family % has repaid less than was to be given back', a.family;
    end if;
end
$$;

-- Takes p_amount from a family's open purses for an outlet, those of p_periods first, then the oldest; what they lack the
-- family owes. Returns that.
create function bpnt.take(a bpnt.amendment, p_outlet bigint, p_amount bigint, p_periods integer[], p_batch integer) returns bigint
language plpgsql volatile set search_path = bpnt, pg_temp as $$
declare
    u      purse;
    v_left bigint   := p_amount;
    v_take bigint;
    v_line smallint := 0;
begin
    for u in select p.* from purse p
              where p.bucket = a.bucket and p.family = a.family and p.programme = a.programme and p.state = 'O'
                and p.balance > 0 and p.tranche <> all (a.shut)
              order by p.period <> all (p_periods), p.period loop
        v_take := least(v_left, u.balance);
        exit when v_take = 0;
        v_left := v_left - v_take;
        v_line := v_line + 1;
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period, amount,
            business_date, batch, previous)
        values (a.bucket, a.no, v_line, 'R', 'P', a.family, 'O', p_outlet, a.programme, u.period, v_take, a.date, p_batch, u.message);
        update purse p set balance = p.balance - v_take, before_message = p.message, message = a.no
         where p.bucket = a.bucket and p.programme = a.programme and p.period = u.period and p.family = a.family;
    end loop;
    if v_left > 0 then
        perform owe(a, (v_line + 1)::smallint, p_outlet, v_left, p_batch);
    end if;
    return v_left;
end
$$;

-- Writes the message itself, with the batch that it counts in. Returns what the family may spend afterwards.
create function bpnt.put_message(a bpnt.amendment, p_batch integer) returns bigint
language plpgsql volatile set search_path = bpnt, pg_temp as $$
declare
    v_balance bigint := spendable(a.bucket, a.family, a.programme, a.shut);
begin
    insert into message (bucket, terminal, stan, class, pan, generation, id, at, epoch, processing_code, amount, stamp, atc,
        invoice, sent_batch, batch, outcome, balance, nii, entry_mode, masthead, family, original)
    values (a.bucket, a.terminal, a.stan, a.class, a.pan, a.generation, a.no, a.at, a.epoch, a.code, a.amount, a.stamp, a.atc,
        a.invoice, a.sent_batch, p_batch, a.outcome, v_balance, a.nii, a.entry_mode, a.masthead, a.family, a.original);
    return v_balance;
end
$$;
