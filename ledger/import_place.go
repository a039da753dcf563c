package ledger

import "math"

// regionFile: the regencies and cities by their Kemendagri number.
var regionFile = importKind{
	columns: []string{"region", "name"},
	stage:   `id smallint, name text`,
	fields:  []string{"id", "name"},
	parse:   parseRegion,
	faults: `
		select s.line, case
			when s.first < s.line then 'this region stands in the file twice, first in line ' || s.first
			when s.first_name < s.line then 'this name stands in the file twice, first in line ' || s.first_name
			when g.id is not null then 'region ' || g.id || ' has this name in the books' end
		from (select *, min(line) over (partition by id) as first, min(line) over (partition by name) as first_name
			from stage_regions where fault is null) s
		left join bpnt.region g on g.name = s.name and g.id <> s.id`,
	todo: []string{`
		create temp table todo_regions as
		select row_number() over (order by s.id) as n, s.id, s.name, g.id is null as new
		from stage_regions s left join bpnt.region g on g.id = s.id where g.name is distinct from s.name`},
	counts: `select count(*) filter (where new), count(*) filter (where not new) from todo_regions`,
	writes: []importWrite{{false, `
		with next as materialized (
			select * from todo_regions where n > @after order by n limit @most
		), written as (
			insert into bpnt.region (id, name) select id, name from next on conflict (id) do update set name = excluded.name
		)
		select max(n), count(*) filter (where new), count(*) filter (where not new) from next`}},
}

func parseRegion(_ *importRun, f []string) ([]any, error) {
	id, err := wholeNumber("the region", f[0], math.MaxInt16)
	return []any{int16(id), f[1]}, firstError(err, checkText("the name", f[1]))
}

// bankFile: banks by their clearing code; bank is its number, code its short name, which never changes.
var bankFile = importKind{
	columns: []string{"bank", "code", "name"},
	stage:   `id smallint, code text, name text`,
	fields:  []string{"id", "code", "name"},
	parse:   parseBank,
	faults: `
		select s.line, case
			when s.first < s.line then 'this bank stands in the file twice, first in line ' || s.first
			when s.first_code < s.line then 'this code stands in the file twice, first in line ' || s.first_code
			when b.id is not null then 'bank ' || b.id || ' has this code in the books'
			when o.code <> s.code then 'the bank''s code in the books is ' || o.code || ', and never changes' end
		from (select *, min(line) over (partition by id) as first, min(line) over (partition by code) as first_code
			from stage_banks where fault is null) s
		left join bpnt.bank b on b.code = s.code and b.id <> s.id
		left join bpnt.bank o on o.id = s.id`,
	todo: []string{`
		create temp table todo_banks as
		select row_number() over (order by s.id) as n, s.id, s.code, s.name, b.id is null as new
		from stage_banks s left join bpnt.bank b on b.id = s.id where b.name is distinct from s.name`},
	counts: `select count(*) filter (where new), count(*) filter (where not new) from todo_banks`,
	writes: []importWrite{{false, `
		with next as materialized (
			select * from todo_banks where n > @after order by n limit @most
		), written as (
			insert into bpnt.bank (id, code, name) select id, code, name from next on conflict (id) do update set name = excluded.name
		)
		select max(n), count(*) filter (where new), count(*) filter (where not new) from next`}},
}

func parseBank(_ *importRun, f []string) ([]any, error) {
	id, err := wholeNumber("the bank", f[0], math.MaxInt16)
	return []any{int16(id), f[1], f[2]}, firstError(err, checkText("the code", f[1]), checkText("the name", f[2]))
}
