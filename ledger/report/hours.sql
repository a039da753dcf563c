-- When a programme's rule lets families trade, on each of the business dates; the usual hours where it does not say.
select g.id as programme, d.date::date as date, coalesce(r.opens, @opens::time) as opens, coalesce(r.closes, @closes::time) as closes
  from bpnt.programme g cross join generate_series(@from::date, @to::date, interval '1 day') d (date)
 cross join lateral (select * from bpnt.rule_on(g.id, d.date::date) offset 0) r
