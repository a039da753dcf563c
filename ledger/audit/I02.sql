-- The balance of each purse is the sum of its postings, and lies frozen where the purse is
select format('family %s, period %s, %s: balance Rp %s, postings Rp %s of which frozen Rp %s', coalesce(u.family, s.family),
              coalesce(u.period, s.period), u.state, u.balance, s.total, s.frozen)
  from bpnt.purse u
  full join (
    select p.bucket, case when p.to_kind in ('P', 'Z') then p.to_id else p.from_id end as family, p.programme, p.period,
           sum(case when p.kind in ('F', 'H') then 0 when p.to_kind in ('P', 'Z') then p.amount else -p.amount end) as total,
           sum(case when p.to_kind = 'Z' then p.amount when p.from_kind = 'Z' then -p.amount else 0 end) as frozen
      from bpnt.posting p group by 1, 2, 3, 4) s
    on s.bucket = u.bucket and s.family = u.family and s.programme = u.programme and s.period = u.period
 where u.balance is distinct from s.total or s.frozen <> case u.state when 'F' then u.balance else 0 end
