package ledger

// dayBatchesSQL lists the batches that have to do with a settlement, and what was posted in each on the settlement's day
// for the bank's outlets: the postings of settlementRows, by terminal and batch. Terminals of a switch's link stand in its
// days, and a reversal there in the day in which it came. Then come the batches that were closed for the day and have
// nothing of it. A batch that nobody knows differs by all that stands in it.
const dayBatchesSQL = `
	with moved as materialized (
		select p.bucket, p.message, p.batch, sum(case p.to_kind when 'O' then p.amount else -p.amount end)::bigint as net
		from bpnt.posting p join bpnt.outlet_spans() h on h.bank = @bank
			and h.outlet = case p.to_kind when 'O' then p.to_id else p.from_id end
			and p.business_date >= h.since and p.business_date < h.until
		where p.business_date between @from::date and @to::date and (p.to_kind = 'O' or p.from_kind = 'O')
			and p.message <= (@cuts::bigint[])[p.bucket + 1]
			and (p.business_date = @to::date or p.message > (@cuts_before::bigint[])[p.bucket + 1])
		group by 1, 2, 3
	), placed as materialized (
		select t.link, u.terminal, coalesce(u.batch, 0) as no, sum(v.net)::bigint as net
		from moved v join bpnt.message m on m.bucket = v.bucket and m.id = v.message
			and m.at >= (select (@from::date + l.cut_over) at time zone l.time_zone from bpnt.ledger l)
			and m.at < (select (@to::date + 1 + l.cut_over) at time zone l.time_zone from bpnt.ledger l)
		join bpnt.terminal t on t.id = m.terminal join bpnt.link k on k.id = t.link
		cross join lateral (
			select case when k.day is null then t.id end as terminal, case when k.day is null then v.batch else m.batch end as batch) u
		group by 1, 2, 3
	), closed as materialized (
		select b.* from bpnt.batch b where b.business_date = @to::date and (
			exists (select from bpnt.terminal t join bpnt.outlet o on o.id = t.outlet where t.id = b.terminal and o.bank = @bank)
			or b.terminal is null and b.link in (select t.link from bpnt.terminal t join bpnt.outlet o on o.id = t.outlet where o.bank = @bank))
	), every as (
		select p.link, p.terminal, p.no, p.net from placed p
		union all
		select c.link, c.terminal, c.no, 0 from closed c where not exists (
			select from placed p where p.link = c.link and p.terminal is not distinct from c.terminal and p.no = c.no)
	)
	select k.name, coalesce(t.tid, ''), e.no, coalesce(case b.closed_by when 'T' then 'terminal' when 'C' then 'cut-off' when 'S' then 'switch' end, ''),
		coalesce(b.business_date::text, ''), e.net,
		coalesce(b.sales_amount - b.voids_amount - b.refunds_amount
			- case when b.terminal is null then b.reversals_amount - b.restored_amount else 0 end, 0),
		coalesce(r.status in ('agreed', 'closed', 'disputed'), false),
		case when b.id is null and e.no <> 0 and e.no <> coalesce(case when k.day is null then t.batch end, k.day) then e.net else 0 end,
		e.link, e.terminal, b.id
	from every e join bpnt.link k on k.id = e.link
	left join bpnt.terminal t on t.id = e.terminal
	left join lateral (
		select * from bpnt.batch b where b.terminal = e.terminal and b.no = e.no
		union all select * from bpnt.batch b where e.terminal is null and b.terminal is null and b.link = e.link and b.no = e.no) b on true
	left join bpnt.reconciliation r on r.id = b.reconciliation
	order by k.name, t.tid, e.no`

// dayClaimsSQL lists what terminals of the bank's outlets, and switches that serve some, said on the day.
const dayClaimsSQL = `
	select k.name, coalesce(t.tid, ''), r.status, r.their_sales_amount - r.their_refunds_amount
			- case when r.terminal is null then coalesce(r.their_reversals_amount - r.their_restored_amount, 0) else 0 end,
		coalesce(r.our_sales_amount - r.our_refunds_amount
			- case when r.terminal is null then coalesce(r.our_reversals_amount - r.our_restored_amount, 0) else 0 end, 0),
		r.status <> 'closed' and r.terminal is not null or r.status = 'agreed'
			or exists (select from bpnt.exception x where x.key in ('batch_totals/' || r.id, 'switch_totals/' || r.id))
			or (r.their_sales, r.their_sales_amount, r.their_refunds, r.their_refunds_amount)
				= (r.our_sales, r.our_sales_amount, r.our_refunds, r.our_refunds_amount),
		r.link, r.terminal, r.id
	from bpnt.reconciliation r join bpnt.link k on k.id = r.link left join bpnt.terminal t on t.id = r.terminal
	left join bpnt.outlet o on o.id = t.outlet
	where r.business_date = @to::date and (o.bank = @bank or r.terminal is null and r.link in (
		select t.link from bpnt.terminal t join bpnt.outlet o on o.id = t.outlet where o.bank = @bank))
	order by k.name, t.tid, r.id`
