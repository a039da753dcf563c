package ledger

import "errors"

// terminalFile: a terminal that stands elsewhere than the books say has moved. Its keys are not in a file: terminal key
// loads them. An empty status leaves what the books have; a new terminal is active then.
var terminalFile = importKind{
	columns: []string{"link", "tid", "mid", "status"},
	stage:   `link text, tid text, mid text, status text`,
	fields:  []string{"link", "tid", "mid", "status"},
	parse:   parseTerminal,
	faults: `
		select s.line, case
			when s.first < s.line then 'this terminal stands in the file twice, first in line ' || s.first
			when k.id is null and not @new_links then 'the link is not in the books: the gateway enters its links when it starts, --new-links does it now'
			when o.id is null then 'no outlet has this MID: import outlets first' end
		from (select *, min(line) over (partition by link, tid) as first from stage_terminals where fault is null) s
		left join bpnt.link k on k.name = s.link
		left join bpnt.outlet o on o.mid = s.mid`,
	todo: []string{
		`
		create temp table todo_terminals as
		select row_number() over (order by s.link, s.tid) as n, s.link, s.tid, s.status, o.id as outlet,
			t.outlet as old_outlet, t.status as old_status, t.outlet is null as new
		from stage_terminals s join bpnt.outlet o on o.mid = s.mid
		left join bpnt.link k on k.name = s.link left join bpnt.terminal t on t.link = k.id and t.tid = s.tid collate "C"
		where t.outlet is null or t.outlet <> o.id or t.status <> s.status`,
		`create unique index on todo_terminals (n)`, `analyze todo_terminals`,
	},
	counts: `select count(*) filter (where new), count(*) filter (where not new) from todo_terminals`,
	writes: []importWrite{{false, `
		with next as materialized (
			select x.*, bpnt.link_id(x.link) as link_id, bpnt.clock(@now) as now
			from (select * from todo_terminals where n > @after order by n limit @most) x
		), added as (
			insert into bpnt.terminal (link, tid, outlet, status)
			select link_id, tid, outlet, coalesce(status, 'active') from next where new
			on conflict (link, tid) do update set outlet = excluded.outlet, status = excluded.status, changed_at = now()
				where terminal.status = 'unregistered'
			returning id, outlet
		), changed as (
			update bpnt.terminal t set outlet = x.outlet, status = coalesce(x.status, t.status), changed_at = now()
			from next x where not x.new and t.link = x.link_id and t.tid = x.tid collate "C" and t.status = x.old_status
			returning t.id, t.outlet, t.status, x.old_outlet, x.old_status, x.link, x.tid, x.now
		), stood as (
			insert into bpnt.stay (terminal, since, outlet)
			select a.id, x.now, a.outlet from added a cross join (select now from next limit 1) x
			union all select id, now, outlet from changed where outlet <> old_outlet
		), noted as (
			insert into bpnt.journal (action, what, reason)
			select case status when 'active' then 'terminal activate' else 'terminal suspend' end, 'terminal ' || link || ' ' || tid, @file
			from changed where status <> old_status
		)
		select (select max(n) from next), (select count(*) from added), (select count(*) from changed)`}},
}

func parseTerminal(_ *importRun, f []string) ([]any, error) {
	switch {
	case f[0] == "" || len(f[0]) > 64 || !storable(f[0]):
		return nil, errors.New("the link must be the name of a link in the gateway's configuration")
	case !isTID(f[1]):
		return nil, errors.New("the TID must have 8 printable characters, up to 16 at a switch")
	case f[2] == "" || len(f[2]) > 15 || !storable(f[2]):
		return nil, errors.New("the MID must have 1 to 15 printable characters")
	case f[3] != "" && f[3] != "active" && f[3] != "suspended":
		return nil, errors.New("the status must be active or suspended")
	}
	return []any{f[0], f[1], f[2], optional(f[3])}, nil
}
