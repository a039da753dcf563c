-- Closing a bank's business day.

-- The bank that each outlet was with, from a business day on and until another (without it).
create function bpnt.outlet_spans() returns table (outlet integer, bank smallint, since date, until date)
language sql stable as $$
    select s.outlet, s.bank, coalesce(lag(s.until) over (partition by s.outlet order by s.until), '-infinity'), s.until
      from (select b.outlet, b.bank, b.until from bpnt.outlet_bank b
            union all select o.id, o.bank, 'infinity' from bpnt.outlet o) s;
$$;

-- The bank whose card a family had on a business day.
create function bpnt.issuer_of(p_bucket smallint, p_family bigint, p_date date) returns smallint
language sql stable as $$
    select coalesce((select b.bank from bpnt.family_bank b where b.bucket = p_bucket and b.family = p_family and b.until > p_date
                      order by b.until limit 1),
                    (select f.bank from bpnt.family f where f.bucket = p_bucket and f.id = p_family));
$$;

-- Waits until nobody who took the bucket's lock before is at work any more, and tells the newest message's number.
-- Whoever comes later reads a later clock: once a business day is over, nothing of it comes after this.
create function bpnt.pass_bucket(p_bucket smallint) returns bigint
language plpgsql volatile security definer set search_path = bpnt, pg_temp as $$
begin
    perform lock_bucket(p_bucket);
    return (select message_no from bucket where id = p_bucket);
end
$$;

-- The first business day on which an outlet of a bank was paid: looked for only until the bank's first day was closed.
create function bpnt.settle_first(p_bank smallint) returns date
language sql stable set search_path = bpnt, pg_temp set jit = off as $$
    select min(d.business_date)
      from (select distinct p.business_date, case p.to_kind when 'O' then p.to_id else p.from_id end as outlet
              from posting p where p.to_kind = 'O' or p.from_kind = 'O') d
      join outlet_spans() s on s.outlet = d.outlet and d.business_date >= s.since and d.business_date < s.until
     where s.bank = p_bank;
$$;

-- The days of a bank that are over and not closed: null where there are none, nor ever was a sale.
create function bpnt.settle_due(p_now timestamptz, p_bank smallint, out first date, out last date)
language sql stable set search_path = bpnt, pg_temp as $$
    select coalesce((select max(business_date) + 1 from settlement where bank = p_bank), settle_first(p_bank)),
           business_date(clock(p_now)) - 1;
$$;

-- Refuses to close a day that is not the bank's next, or not over.
create function bpnt.settle_check(p_now timestamptz, p_bank smallint, p_date date) returns void
language plpgsql stable set search_path = bpnt, pg_temp as $$
declare
    v_code text := (select code from bank where id = p_bank);
    v_due  record;
begin
    select * into v_due from settle_due(p_now, p_bank);
    if p_date > v_due.last then
        raise exception 'business day % is not over: it can be closed once % has begun', p_date, p_date + 1 using errcode = 'BP001';
    elsif p_date > v_due.first then
        raise exception 'the days of a bank are closed in order, and % of % is not closed yet: close it first, or leave the date out',
            v_due.first, v_code using errcode = 'BP001';
    elsif p_date < v_due.first and exists (select from settlement where bank = p_bank) then
        raise exception '% is before the first day of % that was closed: it had no sales', p_date, v_code using errcode = 'BP001';
    end if;
    if exists (select from bank where id = p_bank and account is null) then
        raise exception '% has no account to pay outlets from: give it one with bpnt ledger bank set %', v_code, v_code using errcode = 'BP001';
    end if;
end
$$;

-- Closes a day, as one transaction that holds no bucket's lock. p_cuts are pass_bucket's answers, taken after the day was
-- over. Where the server's clock was set back across a cut-over, postings of the day before may have come after it was
-- closed: they are the next day's. Corrections are postings of their own day, whatever day they correct.
create function bpnt.settle_close(p_now timestamptz, p_bank smallint, p_date date, p_cuts bigint[]) returns integer
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
set jit = off
-- Whatever the planner makes of a day: its postings by posting_date, once. It takes them for a few, and read the outlets for
-- each of a million (ten minutes, with 253 outlets).
set enable_seqscan = off
set enable_nestloop = off
set work_mem = '256MB'
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    v_before settlement;
    v_id     integer;
    v_name   text;
begin
    perform settle_check(p_now, p_bank, p_date);
    if cardinality(p_cuts) <> (select buckets from ledger)
       or exists (select from bucket b where p_cuts[b.id + 1] is null or p_cuts[b.id + 1] > b.message_no) then
        raise exception 'pass every bucket first' using errcode = '22023';
    end if;
    select * into v_before from settlement where bank = p_bank order by business_date desc limit 1;
    -- Files are named by it, so an odd code gives way to the bank's number.
    select format('BPNT-%s-%s', case when code ~ '^[A-Za-z0-9]{1,10}$' then code else id::text end, to_char(p_date, 'YYYYMMDD'))
      into strict v_name from bank where id = p_bank;
    insert into settlement (bank, business_date, name, closed_at, cuts, account, account_holder)
    select id, p_date, v_name, clock(p_now), p_cuts, account, coalesce(account_holder, name) from bank where id = p_bank
    returning id into v_id;

    with home as materialized (
        select outlet::bigint, since, until, since <= p_date and until > p_date as today from outlet_spans() where bank = p_bank
    ), moved as materialized ( -- by message
        select p.bucket, p.message, h.outlet, p.business_date, case p.to_kind when 'O' then p.from_id else p.to_id end as family,
               coalesce(sum(p.amount) filter (where p.to_kind = 'O'), 0)::bigint as redeemed,
               coalesce(sum(p.amount) filter (where p.from_kind = 'O'), 0)::bigint as undone
          from posting p
          join home h on h.outlet = case p.to_kind when 'O' then p.to_id else p.from_id end
           and p.business_date >= h.since and p.business_date < h.until
         where p.business_date between coalesce(v_before.business_date, p_date) and p_date
           and (p.to_kind = 'O' or p.from_kind = 'O') and p.message <= p_cuts[p.bucket + 1]
           and (p.business_date = p_date or p.message > v_before.cuts[p.bucket + 1])
         group by 1, 2, 3, 4, 5
    ), day as (
        select outlet, count(*) filter (where redeemed > 0) as redemptions, sum(redeemed) as redeemed,
               count(*) filter (where undone > 0) as undoings, sum(undone) as undone
          from moved group by outlet
    ), came_back as materialized (
        select y.id, y.outlet, y.amount from payout_result r join payout y on y.id = r.payout
         where r.status = 'rejected' and not exists (select from payout_back k where k.payout = y.id)
    ), due as materialized (
        select w.outlet::integer as outlet, coalesce(d.redemptions, 0) as redemptions, coalesce(d.redeemed, 0) as redeemed,
               coalesce(d.undoings, 0) as undoings, coalesce(d.undone, 0) as undone, l.carried as before, b.brought,
               coalesce(d.redeemed - d.undone, 0) + b.brought as amount, o.account, coalesce(o.account_holder, h.name) as holder,
               o.account is not null and coalesce(d.redeemed - d.undone, 0) + b.brought > 0 as paid
          from (select outlet from home where today union select outlet from day) w
          left join day d on d.outlet = w.outlet
          join outlet o on o.id = w.outlet
          join masthead h on h.id = o.masthead
          left join lateral (
            select l.carried from settlement_line l where l.outlet = w.outlet order by l.settlement desc limit 1) l on true
         cross join lateral (
            select (coalesce(l.carried, 0) + coalesce((select sum(c.amount) from came_back c where c.outlet = w.outlet), 0))::bigint as brought) b
         where d.outlet is not null or b.brought <> 0
    ), lines as (
        insert into settlement_line (settlement, outlet, redemptions, redeemed, undoings, undone, brought, carried)
        select v_id, outlet, redemptions, redeemed, undoings, undone, brought, case when paid then 0 else amount end from due
    ), paid as (
        insert into payout (settlement, outlet, reference, amount, account, account_holder)
        select v_id, outlet, v_name || '-' || outlet, amount, account, holder from due where paid order by outlet
    ), returned as (
        insert into payout_back (payout, settlement)
        select c.id, v_id from came_back c join due d on d.outlet = c.outlet
    ), positions as (
        insert into settlement_position (settlement, issuer, redeemed, undone)
        select v_id, issuer_of(f.bucket, f.family, f.business_date), sum(f.redeemed), sum(f.undone)
          from (select bucket, family, business_date, sum(redeemed) as redeemed, sum(undone) as undone from moved group by 1, 2, 3) f
         group by 2
    )
    -- Told once, when money begins to wait; it is carried from day to day then.
    insert into exception (key, kind, at, business_date, outlet, bank, ours, detail)
    select format('no_account/%s/%s', v_name, outlet), 'no_account', clock(p_now), p_date, outlet, p_bank, amount,
           'what the outlet is owed is carried forward: bpnt ledger outlet set --account'
      from due where amount > 0 and not paid and coalesce(before, 0) <= 0
    on conflict (key) do nothing;
    return v_id;
end
$$;
