-- Families that have redeemed nothing of a period's money, for follow-up.
-- with: purses homes
--
-- What was bought and reversed was not received. cards_today is the state of the family's cards now, whatever the moment.
with found as materialized (
    select u.bucket, u.family, h.name, h.region, u.programme, u.period, u.funded - u.taken_back as amount, t.opened_on as since,
           case when u.frozen > 0 then 'frozen' when u.returned > 0 then 'returned' when u.expired > 0 then 'expired'
                else 'spendable' end as money
      from purses u join homes h on h.bucket = u.bucket and h.id = u.family
      left join bpnt.tranche t on t.id = u.tranche
     where u.funded > u.taken_back and u.redeemed <= 0 and (@region::smallint is null or h.region = @region::smallint)
), cards as (
    select c.bucket, c.family, string_agg(c.number || ' ' || c.state, ', ' order by c.state) as cards
      from (select c.bucket, c.family, count(*) as number, case
                    when c.status = 'active' and c.expiry < bpnt.month_of(@ledger_today::date) % 10000 then 'past its expiry'
                    when c.status = 'active' and c.tries >= 3 then 'blocked by wrong PINs'
                    else c.status end as state
              from bpnt.card c
             where (c.bucket, c.family) in (select x.bucket, x.family from found x) group by 1, 2, 4) c
     group by 1, 2
)
select x.family, x.name, r.name as region, g.code as programme, x.period, x.amount as amount_idr, x.since,
       (@today::date - x.since)::bigint as days, x.money, coalesce(c.cards, 'no card') as cards_today, false as is_total
  from found x
  join bpnt.region r on r.id = x.region join bpnt.programme g on g.id = x.programme
  left join cards c on c.bucket = x.bucket and c.family = x.family
union all
select count(*), 'families', null, null, null, sum(amount)::bigint, null, null, null, null, true from found
 order by is_total, region, programme, period, family
