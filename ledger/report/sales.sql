-- The approved redemptions of the business days that were neither reversed nor voided in them, with the outlet of that moment. left is
-- what the family could spend afterwards of the programme.
select m.bucket, m.id, m.at, m.terminal, m.pan, m.family, m.amount, m.balance as left, o.id as outlet
  from bpnt.message m
  join bpnt.masthead k on k.id = m.masthead join bpnt.outlet o on o.mid = k.mid
  left join bpnt.message v on v.bucket = m.bucket and v.terminal = m.terminal and v.stan = m.stan and v.pan = m.pan
       and v.generation = m.generation and v.class = 'r' and v.outcome = 2
       and v.at >= @from_at::timestamptz and v.at < @to_at::timestamptz
 where m.at >= @from_at::timestamptz and m.at < @to_at::timestamptz and m.class = 'R' and m.outcome = 1 and v.id is null
   and not exists (
        select from bpnt.message w where w.bucket = m.bucket and w.original = m.id and w.class = 'V' and w.outcome = 1
           and w.at < @to_at::timestamptz and not exists (
                select from bpnt.message u where u.bucket = w.bucket and u.original = w.id and u.outcome = 2 and u.at < @to_at::timestamptz))
   and (@region::smallint is null or o.region = @region::smallint)
