-- Each disbursement gave what its control totals say, and purses stand as their tranche does
select format('tranche %s: %s purses, Rp %s counted; %s, Rp %s posted', t.id, t.purses, t.funded, d.purses, d.total)
  from bpnt.tranche t left join (
    select from_id, count(*) as purses, sum(amount) as total from bpnt.posting where kind = 'D' group by 1) d
    on d.from_id = t.id
 where (t.purses, t.funded) is distinct from (coalesce(d.purses, 0), coalesce(d.total, 0))
union all
select format('disbursement %s: Rp %s of Rp %s', d.name, sum(t.funded), d.total)
  from bpnt.disbursement d left join bpnt.tranche t on t.disbursement = d.id
 where d.opened_at is not null group by d.id having coalesce(sum(t.funded), 0) <> d.total or coalesce(sum(t.purses), 0) <> d.purses
union all
select format('tranche %s: %s purses were funded, %s name it', t.id, t.purses, count(u.family))
  from bpnt.tranche t left join bpnt.purse u on u.tranche = t.id and u.programme = t.programme and u.period = t.period
 group by t.id -- a purse that was taken back and funded anew names the later one
having count(u.family) <> t.purses and not (t.closing = 'C' and count(u.family) < t.purses)
union all
select format('family %s, period %s: %s, and its tranche %s is %s %s', u.family, u.period, u.state, t.id, t.status, t.closing)
  from bpnt.purse u left join bpnt.tranche t on t.id = u.tranche
 where t.id is null or u.state = 'O' and t.status = 'closed' or u.state = 'C' and t.closing is distinct from 'C'
    or u.state = 'X' and t.status = 'pending' -- of an open tranche, a family's purse expires when its next money comes
