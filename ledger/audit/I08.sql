-- Every reversal that was answered 00 has its original credited, declined, or blocked for ever
select format('reversal %s/%s: outcome %s, original %s', v.bucket, v.id, v.outcome, o.outcome)
  from bpnt.message v
  left join bpnt.message o on o.bucket = v.bucket and o.terminal = v.terminal and o.stan = v.stan
       and o.class = upper(v.class::text)::"char" and o.pan = v.pan and o.generation = v.generation
 where v.class in ('r', 'i', 'v', 'o')
   and not coalesce(case v.outcome when 2 then o.outcome = 1 when 3 then o.outcome >= 10 or o.class <> 'R'
                                   when 4 then o.outcome = 5 end, false)
