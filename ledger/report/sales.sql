-- The approved redemptions of the business days that were not reversed in them, with the outlet of that moment. left is
-- what the family could spend afterwards of the programme.
select m.bucket, m.id, m.at, m.terminal, m.pan, m.family, m.amount, m.balance as left, o.id as outlet
  from bpnt.message m
  join bpnt.masthead k on k.id = m.masthead join bpnt.outlet o on o.mid = k.mid
  left join bpnt.message v on v.bucket = m.bucket and v.terminal = m.terminal and v.stan = m.stan and v.pan = m.pan
       and v.generation = m.generation and v.class = 'r' and v.outcome = 2
       and v.at >= @from_at::timestamptz and v.at < @to_at::timestamptz
 where m.at >= @from_at::timestamptz and m.at < @to_at::timestamptz and m.class = 'R' and m.outcome = 1 and v.id is null
   and (@region::smallint is null or o.region = @region::smallint)
