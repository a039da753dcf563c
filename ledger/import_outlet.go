package ledger

import (
	"errors"
	"math"
	"slices"
)

// outletFile: an empty kind, operator, status or account leaves what the books have; a new outlet is an active e-Warong
// then, and its money is carried forward until it has an account.
var outletFile = importKind{
	columns: []string{"mid", "name", "city", "kind", "region", "bank", "operator", "status", "account", "account_holder"},
	stage: `mid text, name text, city text, kind text, region smallint, bank smallint, operator bigint, status text, account text,
		account_holder text`,
	fields: []string{"mid", "name", "city", "kind", "region", "bank", "operator", "status", "account", "account_holder"},
	parse:  parseOutlet,
	faults: `
		select s.line, case
			when s.first < s.line then 'this outlet stands in the file twice, first in line ' || s.first
			when g.id is null then 'region ' || s.region || ' is not in the books'
			when b.id is null then 'bank ' || s.bank || ' is not in the books'
			when s.operator is not null and f.id is null then 'the operator''s family is not in the books'
			when o.id is null and s.status in ('suspended', 'closed') then 'a new outlet is registered or active'
			when o.status <> s.status and o.status || ' ' || s.status <> all (@moves)
				then 'the outlet is ' || o.status || ' in the books, and cannot become ' || s.status end
		from (select *, min(line) over (partition by mid) as first from stage_outlets where fault is null) s
		left join bpnt.region g on g.id = s.region
		left join bpnt.bank b on b.id = s.bank
		left join bpnt.family f on f.id = s.operator
		left join bpnt.outlet o on o.mid = s.mid`,
	moves: outletFileMoves(),
	todo: []string{
		`
		create temp table todo_outlets as
		select row_number() over (order by s.mid) as n, s.*, o.id is null as new, o.status as old_status, o.id, o.bank as old_bank
		from stage_outlets s left join bpnt.outlet o on o.mid = s.mid left join bpnt.masthead m on m.id = o.masthead
		where o.id is null or (m.name, m.city, o.region, o.bank) is distinct from (s.name, s.city, s.region, s.bank)
			or o.kind <> s.kind or s.operator is not null and s.operator is distinct from o.operator or o.status <> s.status
			or s.account is distinct from o.account and s.account is not null
			or s.account_holder is distinct from o.account_holder and s.account_holder is not null`,
		`create unique index on todo_outlets (n)`, `analyze todo_outlets`,
	},
	counts: `select count(*) filter (where new), count(*) filter (where not new) from todo_outlets`,
	writes: []importWrite{{false, `
		with next as materialized (
			select *, (select bpnt.business_date(bpnt.clock(@now))) as today from todo_outlets where n > @after order by n limit @most
		), made as (
			insert into bpnt.masthead (mid, name, city) select mid, name, city from next on conflict do nothing
			returning id, mid, name, city
		), head as materialized (
			select * from made
			union all select m.id, m.mid, m.name, m.city from next x join bpnt.masthead m on (m.mid, m.name, m.city) = (x.mid, x.name, x.city)
		), left_bank as (
			insert into bpnt.outlet_bank (outlet, until, bank)
			select x.id, x.today + 1, x.old_bank from next x where not x.new and x.old_bank <> x.bank on conflict do nothing
		), changed as (
			update bpnt.outlet o set masthead = h.id, region = x.region, bank = x.bank, kind = coalesce(x.kind, o.kind),
				operator = coalesce(x.operator, o.operator), status = coalesce(x.status, o.status),
				account = coalesce(x.account, o.account), account_holder = coalesce(x.account_holder, o.account_holder),
				activated_on = coalesce(o.activated_on, case when x.status = 'active' then x.today end)
			from next x join head h on h.mid = x.mid
			where not x.new and o.mid = x.mid and o.status = x.old_status
			returning o.mid, o.status, x.old_status
		), noted as (
			insert into bpnt.journal (action, what, reason)
			select case status when 'active' then 'outlet activate' when 'suspended' then 'outlet suspend' else 'outlet close' end,
				'outlet ' || mid, @file from changed where status <> old_status
		), added as (
			insert into bpnt.outlet (mid, masthead, region, bank, kind, operator, status, account, account_holder, since,
				activated_on)
			select x.mid, h.id, x.region, x.bank, coalesce(x.kind, 'e_warong'), x.operator, coalesce(x.status, 'active'), x.account,
				x.account_holder, x.today, case when coalesce(x.status, 'active') = 'active' then x.today end
			from next x join head h on h.mid = x.mid where x.new
			returning 1
		)
		select (select max(n) from next), (select count(*) from added), (select count(*) from changed)`}},
}

func parseOutlet(_ *importRun, f []string) ([]any, error) {
	o := Outlet{MID: f[0], Name: f[1], City: f[2], Kind: f[3], Status: outletActive, Account: f[8], Holder: f[9]}
	if o.Kind == "" {
		o.Kind = OutletKinds[0]
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if f[7] != "" && !slices.Contains([]string{outletRegistered, outletActive, outletSuspended, outletClosed}, f[7]) {
		return nil, errors.New("the status must be registered, active, suspended or closed")
	}
	region, err := wholeNumber("the region", f[4], math.MaxInt16)
	if err != nil {
		return nil, err
	}
	bank, err := wholeNumber("the bank", f[5], math.MaxInt16)
	if err != nil {
		return nil, err
	}
	var operator any
	if f[6] != "" {
		if operator, err = wholeNumber("the operator", f[6], familyMax); err != nil {
			return nil, err
		}
	}
	return []any{
		o.MID, o.Name, o.City, optional(f[3]), int16(region), int16(bank), operator, optional(f[7]), optional(f[8]),
		optional(f[9]),
	}, nil
}

// outletFileMoves are the changes of status that are possible, as "from to".
func outletFileMoves() (moves []string) {
	for _, move := range outletMoves {
		for _, from := range move.from {
			moves = append(moves, from+" "+move.to)
		}
	}
	return moves
}
