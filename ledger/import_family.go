package ledger

import (
	"errors"
	"math"
)

// familyFile: new families are registered. One that lives elsewhere than the books say has moved. bank is the bank of its
// cards; an empty one leaves what the books have, BNI for a new family.
//
// A new family's bucket is that of its first card, where the cards come in the same import; else its number's, and most
// of its cards will need a forward.
var familyFile = importKind{
	columns: []string{"family", "name", "region", "bank"},
	stage:   `family bigint, name text, region smallint, bank smallint, bucket smallint`,
	fields:  []string{"family", "name", "region", "bank", "bucket"},
	parse:   parseFamily,
	faults: `
		select s.line, case
			when s.first < s.line then 'this family stands in the file twice, first in line ' || s.first
			when g.id is null then 'region ' || s.region || ' is not in the books'
			when s.bank is not null and b.id is null then 'bank ' || s.bank || ' is not in the books' end
		from (select *, min(line) over (partition by family) as first from stage_families where fault is null) s
		left join bpnt.region g on g.id = s.region
		left join bpnt.bank b on b.id = s.bank`,
	todo: []string{
		`
		create temp table todo_families as
		select row_number() over (partition by t.bucket order by t.family) as n, t.* from (
			select coalesce(f.bucket, c.bucket, s.bucket) as bucket, s.family, s.name, s.region, s.bank, f.id is null as new
			from stage_families s left join bpnt.family f on f.id = s.family
			left join (select distinct on (family) family, hash as bucket from stage_cards
				order by family, coalesce(status, '') in ('lost', 'stolen', 'replaced'), line) c on c.family = s.family
			where f.id is null or (f.name, f.region, f.bank) is distinct from (s.name, s.region, coalesce(s.bank, f.bank))) t`,
		`create unique index on todo_families (bucket, n)`, `create index on todo_families (family) where new`,
		`analyze todo_families`,
	},
	counts: `select count(*) filter (where new), count(*) filter (where not new) from todo_families`,
	// Where a known family's row is (ctid) is looked up one by one: after an ANALYZE while the bucket was empty the planner
	// would read all of the bucket for each chunk. Under the bucket's lock a row stays where it is.
	writes: []importWrite{{true, `
		with next as materialized (
			select * from todo_families where bucket = @bucket and n > @after order by n limit @most
		), known as materialized (
			select x.*, f.place, f.region as old_region, f.bank as old_bank from next x cross join lateral (
				select f.ctid as place, f.region, f.bank from bpnt.family f where f.bucket = @bucket and f.id = x.family limit 1) f
			where not x.new
		), moved as (
			insert into bpnt.family_move (bucket, family, at, from_region, to_region)
			select @bucket, family, bpnt.clock(@now), old_region, region from known where old_region <> region
		), left_bank as (
			insert into bpnt.family_bank (bucket, family, until, bank)
			select @bucket, family, bpnt.business_date(bpnt.clock(@now)) + 1, old_bank from known where old_bank <> bank
			on conflict do nothing
		), changed as (
			update bpnt.family f set name = k.name, region = k.region, bank = coalesce(k.bank, k.old_bank) from known k where f.ctid = k.place
			returning 1
		), added as (
			insert into bpnt.family (bucket, id, region, name, bank)
			select @bucket, x.family, x.region, x.name, coalesce(x.bank, 9) from next x where x.new
			returning 1
		)
		select (select max(n) from next), (select count(*) from added), (select count(*) from changed)`}},
}

func parseFamily(r *importRun, f []string) ([]any, error) {
	family, err := wholeNumber("the family", f[0], familyMax)
	if err == nil && family == 0 {
		err = errors.New("the family must be greater than 0")
	}
	region, badRegion := wholeNumber("the region", f[2], math.MaxInt16)
	bank, badBank := optionalBank(f[3])
	return []any{family, f[1], int16(region), bank, bucketOfNumber(family, r.l.buckets)},
		firstError(err, checkText("the name", f[1]), badRegion, badBank)
}

// optionalBank reads a bank's number; an empty field is null.
func optionalBank(s string) (any, error) {
	if s == "" {
		return nil, nil
	}
	bank, err := wholeNumber("the bank", s, math.MaxInt16)
	return int16(bank), err
}
