-- What a reversal gave back is what its original took, purse by purse
select format('reversal %s/%s: not the mirror of its original', v.bucket, v.id)
  from bpnt.message v
  join bpnt.message o on o.bucket = v.bucket and o.terminal = v.terminal and o.stan = v.stan
       and o.class = 'R' and o.pan = v.pan and o.generation = v.generation
 where v.class = 'r' and v.outcome = 2 and exists (
    select from (select * from bpnt.posting where bucket = o.bucket and message = o.id) d
      full join (select * from bpnt.posting where bucket = v.bucket and message = v.id and kind = 'U') c
        on c.programme = d.programme and c.period = d.period and c.amount = d.amount
       and c.from_id = d.to_id and c.to_id = d.from_id
     where c.message is null or d.message is null)
