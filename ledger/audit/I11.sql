-- Of a redemption that was reversed, or whose void stands, nothing stands, purse by purse and at the outlet that was paid; of no other less than nothing
with about as materialized ( -- redemptions about which something was done, and the messages that did it
    select o.bucket, o.id as redemption, v.id as message, true as gone
      from bpnt.message v
      join bpnt.message o on o.bucket = v.bucket and o.terminal = v.terminal and o.stan = v.stan
           and o.class = 'R' and o.pan = v.pan and o.generation = v.generation and o.outcome = 1
     where v.class = 'r' and v.outcome in (2, 3)
    union all
    select w.bucket, w.original, w.id, w.class = 'V' and not exists (
               select from bpnt.message u where u.bucket = w.bucket and u.original = w.id and u.outcome = 2)
      from bpnt.message w where w.class in ('V', 'N') and w.outcome = 1
    union all
    select u.bucket, w.original, u.id, false
      from bpnt.message u join bpnt.message w on w.bucket = u.bucket and w.id = u.original and w.class in ('V', 'N')
     where u.class in ('v', 'n') and u.outcome = 2
), part as (
    select bucket, redemption, message from about union all select distinct bucket, redemption, redemption from about
), net as (
    select t.bucket, t.redemption, q.programme, case when 'Q' not in (q.from_kind, q.to_kind) then q.period end as period,
           case q.kind when 'U' then q.from_id else q.to_id end as outlet,
           sum(case q.kind when 'U' then -q.amount else q.amount end) as amount
      from part t join bpnt.posting q on q.bucket = t.bucket and q.message = t.message and q.kind in ('R', 'A', 'U')
     group by 1, 2, 3, 4, 5
)
select format('redemption %s/%s, period %s: Rp %s stands', n.bucket, n.redemption, n.period, n.amount)
  from net n join (select bucket, redemption, bool_or(gone) as gone from about group by 1, 2) a
    on a.bucket = n.bucket and a.redemption = n.redemption
 where n.amount < 0 or a.gone and n.amount <> 0
