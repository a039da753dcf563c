-- A family's money of two programmes emptied within minutes.
-- with: sales
with emptied as (
    select s.*, p.programme, lag(p.programme) over w as programme_before, lag(s.at) over w as at_before, lag(s.amount) over w as amount_before
      from sales s join bpnt.posting p on p.bucket = s.bucket and p.message = s.id and p.line = 1 and p.kind = 'R'
           and p.business_date between @from::date and @to::date
     where s.left < @left_below::bigint
    window w as (partition by s.bucket, s.family order by s.at, s.id)
)
select 'both programmes' as flag, e.at_before as first_at, e.at as last_at, t.tid, k.mid, k.name as outlet, g.name as region,
       e.family, 1::bigint as cards, e.amount + e.amount_before as amount_idr, a.code || ' and ' || b.code as what
  from emptied e join bpnt.terminal t on t.id = e.terminal join bpnt.outlet o on o.id = e.outlet
  join bpnt.masthead k on k.id = o.masthead join bpnt.region g on g.id = o.region
  join bpnt.programme a on a.id = e.programme_before join bpnt.programme b on b.id = e.programme
 where e.programme <> e.programme_before and e.at - e.at_before <= @both_within::interval
 order by 2, 4, 8
