-- Disbursements that were taken back after some of their money was gone: what is missing, by period.
select 'taken back after being spent' as exception, t.opened_at as first_at, t.closed_at as last_at, null as tid, null as mid,
       null::bigint as family, t.purses as number, (t.funded - coalesce(c.back, 0))::bigint as amount_idr,
       format('%s %s of %s: not recovered of Rp %s', g.code, t.period, d.name, t.funded) as what
  from bpnt.tranche t join bpnt.disbursement d on d.id = t.disbursement join bpnt.programme g on g.id = t.programme
  left join (select p.to_id, sum(p.amount) as back from bpnt.posting p
         where p.kind = 'C' and p.business_date <= @to::date and p.message <= (@cut::bigint[])[p.bucket + 1]
           and p.business_date >= (select min(bpnt.business_date(r.begun_at)) from bpnt.disbursement r
                                    where r.status in ('reversing', 'reversed'))
         group by 1) c on c.to_id = t.id
 where t.closing = 'C' and t.closed_at < @to_at::timestamptz and t.funded > coalesce(c.back, 0)
 order by t.id
