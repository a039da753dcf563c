-- Disbursements and closings that were begun and not finished: run the command again.
select case d.status when 'funding' then 'disbursement half done' else 'taking back half done' end as exception,
       d.begun_at as first_at, d.begun_at as last_at, null as tid, null as mid, null::bigint as family, d.purses as number,
       d.total as amount_idr, d.name || ': run the same command again' as what
  from bpnt.disbursement d
 where d.begun_at < @to_at::timestamptz and (d.status = 'funding' or d.status = 'reversing'
       and exists (select from bpnt.tranche t where t.disbursement = d.id and t.status = 'closing'))
union all
select 'expiry half done', t.opened_at, t.opened_at, null, null, null, t.purses, t.funded,
       format('%s %s of %s: run bpnt ledger expire', g.code, t.period, d.name)
  from bpnt.tranche t join bpnt.disbursement d on d.id = t.disbursement join bpnt.programme g on g.id = t.programme
 where t.status = 'closing' and t.closing = 'X' and t.opened_at < @to_at::timestamptz
 order by first_at, what
