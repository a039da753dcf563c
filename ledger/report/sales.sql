-- The approved redemptions of the business days that were neither reversed nor voided in them, with the outlet of that moment. left is
-- what the family could spend afterwards of the programme. What undid one came after it, so the days' own messages are all
-- that is looked at.
select m.bucket, m.id, m.at, m.terminal, m.pan, m.family, m.amount, m.balance as left, o.outlet
  from bpnt.message m
  join (select k.id as masthead, o.id as outlet, o.region from bpnt.masthead k join bpnt.outlet o on o.mid = k.mid offset 0) o
    on o.masthead = m.masthead
 where m.at >= @from_at::timestamptz and m.at < @to_at::timestamptz and m.class = 'R' and m.outcome = 1
   and (@region::smallint is null or o.region = @region::smallint)
   and not exists (
        select from bpnt.message v
         where v.bucket = m.bucket and v.terminal = m.terminal and v.stan = m.stan and v.pan = m.pan and v.generation = m.generation
           and v.class = 'r' and v.outcome = 2 and v.at >= @from_at::timestamptz and v.at < @to_at::timestamptz)
   and not exists (
        select from bpnt.message w
         where w.bucket = m.bucket and w.original = m.id and w.class = 'V' and w.outcome = 1
           and w.at >= @from_at::timestamptz and w.at < @to_at::timestamptz and not exists (
                select from bpnt.message u where u.bucket = w.bucket and u.original = w.id and u.outcome = 2 and u.at < @to_at::timestamptz))
