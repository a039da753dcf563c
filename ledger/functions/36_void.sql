-- Voids and refunds, and what undoes them.

-- The number in this bucket that the RRN of a void or a refund names.
create function bpnt.number_of(a bpnt.amendment) returns bigint language sql immutable as $$
    select a.original - a.bucket * 10000000000;
$$;

-- The amendment, now known to be about a redemption.
create function bpnt.with_redemption(a bpnt.amendment, x bpnt.message) returns bpnt.amendment
language plpgsql stable set search_path = bpnt, pg_temp as $$
begin
    a.original := x.id;
    a.family := x.family;
    select q.programme into strict a.programme from posting q where q.bucket = a.bucket and q.message = x.id and q.line = 1;
    return a;
end
$$;

-- The outlet cancels a purchase of the batch that is open, of the same terminal, card and amount.
create function bpnt.void_of(a bpnt.amendment) returns bpnt.amendment
language plpgsql volatile set search_path = bpnt, pg_temp as $$
declare
    x message := redemption(a.bucket, number_of(a), array[a.terminal]);
begin
    a.original := null;
    if x.id is null or x.pan <> a.pan or x.amount <> a.amount then
        return with_outcome(a, 70);
    end if;
    a := with_redemption(a, x);
    if x.batch <> a.batch then
        return with_outcome(a, 71);
    elsif undone(x) or lives(a.bucket, x.id, 'N') then
        return with_outcome(a, 73);
    elsif lives(a.bucket, x.id, 'V') then
        return with_outcome(a, 72);
    end if;
    perform give_back(a, x.id, a.amount, a.batch);
    return with_outcome(a, 1);
end
$$;

-- The outlet gives back all or part of a purchase, of any batch and of any terminal that ever stood at the outlet.
create function bpnt.refund_of(a bpnt.amendment) returns bpnt.amendment
language plpgsql volatile set search_path = bpnt, pg_temp as $$
declare
    x message := redemption(a.bucket, number_of(a), array(select distinct s.terminal from stay s where s.outlet = a.outlet));
begin
    a.original := null;
    if a.amount <= 0 then
        return with_outcome(a, 50);
    elsif x.id is null or x.pan <> a.pan or not exists (
            select from posting q where q.bucket = a.bucket and q.message = x.id and q.line = 1 and q.to_id = a.outlet) then
        return with_outcome(a, 70);
    end if;
    a := with_redemption(a, x);
    if undone(x) then
        return with_outcome(a, 73);
    elsif lives(a.bucket, x.id, 'V') then
        return with_outcome(a, 72);
    elsif a.amount > (select coalesce(sum(s.amount), 0) from standing(a.bucket, x.id) s) then
        return with_outcome(a, 74);
    end if;
    perform give_back(a, x.id, a.amount, a.batch);
    return with_outcome(a, 1);
end
$$;

-- undo() calls this for a reversal of which outcome 2 was decided and that it cannot carry out with the others: of a void
-- or a refund, or of a redemption that was voided, refunded or handed out on credit. a.original is the message that is
-- reversed, p_redemption the redemption that it is about, p_batch the batch in which the reversal counts. Returns what the
-- family may spend afterwards.
create function bpnt.undo_one(a bpnt.amendment, p_redemption bigint, p_batch integer) returns bigint
language plpgsql volatile set search_path = bpnt, pg_temp as $$
begin
    select q.programme into strict a.programme from posting q where q.bucket = a.bucket and q.message = p_redemption and q.line = 1;
    if a.class = 'r' then
        perform give_back(a, p_redemption, (select sum(s.amount)::bigint from standing(a.bucket, p_redemption) s), p_batch);
    else
        perform stand_again(a, p_batch);
    end if;
    return put_message(a, p_batch);
end
$$;

-- The redemption stands again, as far as the void or refund that is undone took it back: from the purses that got the
-- money, then from others. What was spent meanwhile the family owes.
create function bpnt.stand_again(a bpnt.amendment, p_batch integer) returns void
language plpgsql volatile set search_path = bpnt, pg_temp as $$
declare
    v_outlet  bigint;
    v_periods integer[];
    v_short   bigint;
begin
    select max(q.from_id), coalesce(array_agg(q.period) filter (where q.to_kind <> 'Q'), '{}') into strict v_outlet, v_periods
      from posting q where q.bucket = a.bucket and q.message = a.original and q.kind = 'U';
    v_short := take(a, v_outlet, a.amount, v_periods, p_batch);
    if v_short > 0 then
        perform note_amendment(a, 'void_spent', a.amount, v_short, 'the money of what was undone is spent: the family owes it');
    end if;
end
$$;
