-- What was done about a message since: its voids, refunds and reversals, and what those were reversed by. Each is found by
-- message.original, in a lateral subquery that is fenced by offset 0 (see post() on plans).

-- The messages that name this one as their original.
create function bpnt.about(p_bucket smallint, p_message bigint) returns setof bpnt.message
language sql stable as $$
    select * from bpnt.message w where w.bucket = p_bucket and w.original = p_message;
$$;

-- Is there an approved message of this class about it, V a void or N a refund, that was not undone?
create function bpnt.lives(p_bucket smallint, p_message bigint, p_class "char") returns boolean
language sql stable set search_path = bpnt, pg_temp as $$
    select exists (select from about(p_bucket, p_message) w where w.class = p_class and w.outcome = 1
                      and not exists (select from about(p_bucket, w.id) u where u.outcome = 2));
$$;

-- Was a reversal of it heard and answered 00? Then it is never debited again.
create function bpnt.cancelled(p_bucket smallint, p_message bigint) returns boolean
language sql stable set search_path = bpnt, pg_temp as $$
    select exists (select from about(p_bucket, p_message) w where w.class in ('r', 'v', 'n') and w.outcome in (2, 3));
$$;

-- The same by the message's key, under which its reversal stands: also of one that was reversed before messages named their
-- originals.
create function bpnt.undone(m bpnt.message) returns boolean
language sql stable set search_path = bpnt, pg_temp as $$
    select exists (select from (
        select true from message v
         where v.bucket = m.bucket and v.terminal = m.terminal and v.stan = m.stan and v.class = lower(m.class::text)::"char"
           and v.pan = m.pan and v.generation = m.generation and v.outcome in (2, 3) limit 1) v);
$$;

-- The approved redemption of this number, if it was made on one of these terminals. A message is not found by its number:
-- this reads what such a terminal has in the batch of the redemption's posting, some hundred rows of a bucket.
--
-- "select x", the whole row of a subquery as the function's result, brings the server down (Postgres 15).
create function bpnt.redemption(p_bucket smallint, p_number bigint, p_terminals integer[]) returns bpnt.message
language sql stable set search_path = bpnt, pg_temp as $$
    select x.* from posting q cross join lateral (
        select * from message x
         where x.bucket = p_bucket and x.terminal = any (p_terminals) and x.batch = q.batch and x.class = 'R' and x.outcome = 1
           and x.id = p_number limit 1) x
     where q.bucket = p_bucket and q.message = p_number and q.line = 1 and q.kind in ('R', 'A');
$$;

-- What stands of a redemption: how much of it each purse pays now (account P), and how much its family owes (Q).
create function bpnt.standing(p_bucket smallint, p_message bigint)
returns table (account "char", outlet bigint, period integer, amount bigint)
language sql stable set search_path = bpnt, pg_temp as $$
    with part as materialized (
        select p_message as id
        union all select w.id from about(p_bucket, p_message) w
        union all select u.id from about(p_bucket, p_message) w cross join lateral (
            select * from about(p_bucket, w.id) offset 0) u
    ), line as (
        select case when 'Q' in (q.from_kind, q.to_kind) then 'Q' else 'P' end::"char" as account, q.period,
               case q.kind when 'U' then q.from_id else q.to_id end as outlet,
               case q.kind when 'U' then -q.amount else q.amount end as amount
          from part t cross join lateral (
            select * from posting q where q.bucket = p_bucket and q.message = t.id and q.kind in ('R', 'A', 'U') offset 0) q
    )
    select n.account, n.outlet, max(n.period), sum(n.amount)::bigint
      from line n
     group by n.account, n.outlet, case n.account when 'P' then n.period end
    having sum(n.amount) > 0;
$$;

-- What a reversal of a purchase gave back: what was left of it, where a part was refunded before.
create function bpnt.given_back(p_bucket smallint, p_reversal bigint) returns bigint
language sql stable set search_path = bpnt, pg_temp as $$
    select coalesce(sum(q.amount), 0)::bigint from posting q
     where q.bucket = p_bucket and q.message = p_reversal and q.kind = 'U';
$$;

-- What a family may spend of a programme. p_shut: tranches that are not spendable.
create function bpnt.spendable(p_bucket smallint, p_family bigint, p_programme smallint, p_shut integer[]) returns bigint
language sql stable set search_path = bpnt, pg_temp as $$
    select coalesce(sum(p.balance), 0)::bigint from purse p
     where p.bucket = p_bucket and p.family = p_family and p.programme = p_programme
       and p.state = 'O' and p.tranche <> all (p_shut);
$$;
