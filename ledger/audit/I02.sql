-- Each purse is what its postings say: balance, grant, what lies frozen; outlets got no more; its statement's chain misses none
select format('family %s, period %s, %s: balance Rp %s of Rp %s, postings Rp %s of Rp %s, frozen Rp %s, redeemed Rp %s; newest %s after %s, postings %s after %s%s',
              coalesce(u.family, s.family), coalesce(u.period, s.period), u.state, u.balance, u.granted, s.total, s.granted, s.frozen, s.redeemed,
              u.message, u.before_message, s.newest, s.before, case when not s.chained then ', not in a chain' end)
  from bpnt.purse u
  full join (
    select p.bucket, case when p.to_kind in ('P', 'Z') then p.to_id else p.from_id end as family, p.programme, p.period,
           bpnt.total(case when p.kind in ('F', 'H') then 0 when p.to_kind in ('P', 'Z') then p.amount else -p.amount end) as total,
           bpnt.total(case p.kind when 'D' then p.amount when 'C' then -p.amount else 0 end) as granted,
           bpnt.total(case when p.to_kind = 'Z' then p.amount when p.from_kind = 'Z' then -p.amount else 0 end) as frozen,
           bpnt.total(case p.kind when 'R' then p.amount when 'U' then -p.amount else 0 end) as redeemed,
           max(p.message) as newest, max(p.previous) as before,
           -- Each names an earlier one, and together they name all but the newest: then each names the one before it. Sets
           -- are compared by the exclusive or of their members' hashes.
           bool_and(coalesce(p.previous < p.message, true)) and bit_xor(hashint8extended(p.message, 0))
               # coalesce(bit_xor(hashint8extended(p.previous, 0)), 0) = hashint8extended(max(p.message), 0) as chained
      from bpnt.posting p where p.from_kind in ('P', 'Z') or p.to_kind in ('P', 'Z') group by 1, 2, 3, 4) s
    on s.bucket = u.bucket and s.family = u.family and s.programme = u.programme and s.period = u.period
 where (u.balance, u.granted, u.message, u.before_message, case u.state when 'F' then u.balance else 0 end, true)
       is distinct from (s.total, s.granted, s.newest, s.before, s.frozen, s.chained)
    or s.redeemed not between 0 and s.granted
