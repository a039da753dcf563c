-- Every reversal that was answered 00 has its original undone, declined, or blocked for ever
select format('reversal %s/%s: outcome %s, original %s', v.bucket, v.id, v.outcome, o.outcome)
  from bpnt.message v
  left join bpnt.message o on o.bucket = v.bucket and o.terminal = v.terminal and o.stan = v.stan
       and o.class = upper(v.class::text)::"char" and o.pan = v.pan and o.generation = v.generation
 where v.class in ('r', 'i', 'v', 'n', 'o')
   and not coalesce(case v.outcome
        when 2 then o.outcome = 1
        -- There was nothing to undo: it was declined or moves nothing, was voided or refunded before, or what a void or a
        -- refund is about was reversed.
        when 3 then o.outcome >= 10 or o.class not in ('R', 'V', 'N') or o.outcome = 1 and exists (
             select from bpnt.message w where w.bucket = o.bucket and w.original = case o.class when 'R' then o.id else o.original end
                and case o.class when 'R' then w.class in ('V', 'N') and w.outcome = 1 else w.class = 'r' and w.outcome in (2, 3) end)
        when 4 then o.outcome = 5 end, false)
