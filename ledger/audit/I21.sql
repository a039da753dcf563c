-- Each disbursement gave what its control totals say, and a closed tranche holds no open purse
select format('tranche %s: %s purses, Rp %s counted; %s, Rp %s posted', t.id, t.purses, t.funded, d.purses, d.total)
  from bpnt.tranche t left join (
    select from_id, count(*) as purses, sum(amount) as total from bpnt.posting where kind = 'D' group by 1) d
    on d.from_id = t.id
 where (t.purses, t.funded) is distinct from (coalesce(d.purses, 0), coalesce(d.total, 0))
union all
select format('disbursement %s: Rp %s of Rp %s', d.name, sum(t.funded), d.total)
  from bpnt.disbursement d left join bpnt.tranche t on t.disbursement = d.id
 where d.status = 'open' group by d.id having coalesce(sum(t.funded), 0) <> d.total or coalesce(sum(t.purses), 0) <> d.purses
union all
select format('family %s, period %s: open, and its tranche %s is closed', u.family, u.period, t.id)
  from bpnt.tranche t join bpnt.purse u on u.tranche = t.id and u.state = 'O' where t.status = 'closed'
