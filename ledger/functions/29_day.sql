-- What a family redeemed of a programme on a business date, less what of that was reversed, voided or refunded since: for
-- limits of a day. It looks at purses in every state, since one may be emptied, set aside or closed in the middle of a
-- day, and at what the family owes: an advice is a redemption with its whole amount.
create function bpnt.day_of(p_bucket smallint, p_family bigint, p_programme smallint, p_date date,
    out redemptions integer, out amount bigint)
language sql stable set search_path = bpnt, pg_temp as $$
    with recursive chain as (
        select q.* from family_purses(p_bucket, p_family, p_programme) u
               cross join lateral posting_on(p_bucket, u.message, p_programme, u.period) q
         where u.before_message is not null -- else its only posting is the disbursement
        union all
        select q.* from chain c cross join lateral posting_on(p_bucket, c.previous, c.programme, c.period) q
         where c.business_date >= p_date
    ), debt as (
        select q.* from receivable r cross join lateral owing_on(p_bucket, r.message) q
         where r.bucket = p_bucket and r.programme = p_programme and r.family = p_family
        union all
        select q.* from debt c cross join lateral owing_on(p_bucket, c.previous) q
         where c.business_date >= p_date
    ), taken as ( -- on the day, by message: of a redemption, or of one that stands again
        select c.message, bool_or(c.line = 1) as whole, sum(c.amount) as amount
          from (select * from chain union all select * from debt) c
         where c.business_date = p_date and c.kind in ('R', 'A') group by c.message
    ), undone as ( -- of these, since
        select t.message, count(distinct w.id) filter (where w.class <> 'N') as times, sum(q.amount) as amount
          from taken t
         cross join lateral (select * from about(p_bucket, t.message) offset 0) w
         cross join lateral (
            select * from posting q where q.bucket = p_bucket and q.message = w.id and q.kind = 'U' offset 0) q
         group by t.message
    )
    select (count(*) filter (where t.whole) - coalesce(sum(u.times), 0))::integer,
           coalesce(sum(t.amount) - sum(coalesce(u.amount, 0)), 0)::bigint
      from taken t left join undone u on u.message = t.message;
$$;
