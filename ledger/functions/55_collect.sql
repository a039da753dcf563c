-- What families owe is taken from their next money, after a disbursement was funded and before it is opened: none of it
-- is spendable yet, so nobody spends what is owed.

-- Refuses where not every purse of a disbursement was funded.
create function bpnt.disburse_funded(p_of bpnt.disbursement) returns void
language plpgsql stable set search_path = bpnt, pg_temp as $$
declare
    v_got record;
begin
    select coalesce(sum(purses), 0) as purses, coalesce(sum(funded), 0) as funded into v_got
      from tranche where disbursement = p_of.id;
    if v_got.purses <> p_of.purses or v_got.funded <> p_of.total then
        raise exception '% of % purses were funded, Rp % of Rp %: run it again', v_got.purses, p_of.purses,
            v_got.funded, p_of.total using errcode = 'BP001';
    end if;
end
$$;

-- Takes what families of a bucket owe of a programme from their purses of a disbursement that is funded and not opened,
-- from the family after p_after on: the oldest period first, p_limit families at most. last_family is null when none are
-- left. What was collected is no longer owed, so it is run again after a crash.
create function bpnt.collect_chunk(p_now timestamptz, p_id integer, p_bucket smallint, p_programme smallint, p_after bigint,
    p_limit integer, out last_family bigint, out purses integer, out amount bigint)
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
    v_last  bigint;
begin
    perform disburse_funded(d) from disbursement d where d.id = p_id;
    perform pg_advisory_xact_lock(8583, p_bucket);
    v_now := clock(p_now);
    select b.message_no into strict v_first from bucket b where b.id = p_bucket;
    with next as materialized (
        select r.family, r.owed from receivable r
         where r.bucket = p_bucket and r.programme = p_programme and r.family > p_after and r.owed > 0
         order by r.family limit p_limit
    ), due as materialized (
        select x.family, u.place, u.period, u.message, u.take,
               v_first + row_number() over (order by x.family, u.period) as new_id
          from next x cross join lateral (
            select p.place, p.period, p.message, least(p.balance, x.owed - (sum(p.balance) over w - p.balance))::bigint as take
              from tranche t cross join lateral (
                select q.ctid as place, q.period, q.message, q.balance from purse q
                 where q.bucket = p_bucket and q.period = t.period and q.programme = t.programme and q.family = x.family
                   and q.tranche = t.id and q.state = 'O' and q.balance > 0 limit 1) p
             where t.disbursement = p_id and t.programme = p_programme and t.status = 'pending'
            window w as (order by p.period)) u
         where u.take > 0
    ), moved as (
        update purse p set balance = p.balance - d.take, before_message = p.message, message = d.new_id
          from due d
         where p.ctid = d.place and p.balance >= d.take
        returning d.*
    ), less as (
        update receivable r set owed = r.owed - s.take
          from (select m.family, sum(m.take)::bigint as take from moved m group by 1) s
         where r.bucket = p_bucket and r.programme = p_programme and r.family = s.family
    ), posted as (
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period,
            amount, business_date, previous)
        select p_bucket, m.new_id, 1, 'B', 'P', m.family, 'Q', m.family, p_programme, m.period, m.take, business_date(v_now), m.message
          from moved m
    )
    select (select max(x.family) from next x), count(*), coalesce(sum(m.take), 0), coalesce(max(m.new_id), v_first)
      into last_family, purses, amount, v_last from moved m;
    if purses > 0 then
        perform end_flush(p_bucket, v_last, v_now);
    end if;
end
$$;
