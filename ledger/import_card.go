package ledger

import (
	"errors"
	"slices"

	"github.com/jackc/pgx/v5/pgtype"
)

// cardFile: the card number is hashed as soon as its line is read, and no fault quotes anything of a line.
//
// An empty status or programme leaves what the books have. A file may activate and block a card and report it lost or
// stolen; it may not unblock one, which a person must answer for, and cannot replace one, which takes another card.
//
// There is no column for a PIN verification value: one is worth something only under the verification key that made it,
// and a keystore cannot take in a bank's own key yet (gateway/pin). Cards that a file brings have no PIN until card pin.
var cardFile = importKind{
	columns: []string{"family", "pan", "expiry", "status", "programme"},
	stage: `family bigint, pan uuid, hash smallint, pan_key smallint, first6 text, last4 text, expiry integer, status text,
		programme text`,
	fields: []string{"family", "pan", "hash", "pan_key", "first6", "last4", "expiry", "status", "programme"},
	parse:  parseCard,
	faults: `
		select s.line, case
			when s.first < s.line and s.first_family <> s.family then 'the card of line ' || s.first || ', for another family'
			when s.first < s.line then 'this card stands in the file twice, first in line ' || s.first
			when f.id is null and n.family is null then 'the family is not in the books: import families first, or with --cards'
			when c.family <> s.family then 'this card is another family''s'
			when s.programme is not null and g.id is null then 'the programme is not in the books'
			when c.pan is null and s.expiry < (select bpnt.month_of(bpnt.business_date(bpnt.clock(@now))) % 10000) then 'the card has expired already'
			when c.status <> s.status and c.status || ' ' || s.status <> all (@moves)
				then 'the card is ' || c.status || ' in the books, and no file can make it ' || s.status end
		from (select *, min(line) over w as first, first_value(family) over (w order by line) as first_family
			from stage_cards where fault is null window w as (partition by pan)) s
		left join bpnt.family f on f.id = s.family
		left join (select distinct family from stage_families where fault is null) n on n.family = s.family
		left join bpnt.card c on c.pan = s.pan and c.family is not null
		left join bpnt.programme g on g.code = s.programme`,
	moves: cardFileMoves(),
	todo: []string{
		`
		create temp table home_cards as
		select coalesce(f.bucket, n.bucket) as bucket, s.family, s.pan, s.hash, s.pan_key, s.first6, s.last4, s.expiry, s.status,
			g.id as programme, c.pan is null as new, c.status as old_status, c.expiry as old_expiry, c.programme as old_programme
		from stage_cards s left join bpnt.family f on f.id = s.family
		left join todo_families n on n.family = s.family and n.new
		left join bpnt.card c on c.pan = s.pan and c.family is not null
		left join bpnt.programme g on g.code = s.programme`, `
		create temp table todo_cards as
		select row_number() over (partition by bucket order by pan) as n, h.* from home_cards h
		where new or expiry <> old_expiry or status <> old_status
			or programme is not null and programme is distinct from old_programme`, `
		create temp table todo_forwards as
		select row_number() over (partition by h.hash order by h.pan) as n, h.* from home_cards h
		where h.hash <> h.bucket and not exists (select from bpnt.card w where w.bucket = h.hash and w.pan = h.pan)`,
		`create unique index on todo_cards (bucket, n)`, `create unique index on todo_forwards (hash, n)`,
		`analyze todo_cards`, `analyze todo_forwards`,
	},
	counts: `select count(*) filter (where new), count(*) filter (where not new) from todo_cards`,
	// The card before its forward, so that a forward always leads somewhere.
	writes: []importWrite{{true, `
		with next as materialized (
			select * from todo_cards where bucket = @bucket and n > @after order by n limit @most
		), known as materialized (
			select x.*, c.place from next x cross join lateral (
				select c.ctid as place from bpnt.card c where c.bucket = @bucket and c.pan = x.pan limit 1) c
			where not x.new
		), changed as (
			update bpnt.card c set expiry = x.expiry, status = coalesce(x.status, c.status),
				programme = coalesce(x.programme, c.programme)
			from known x where c.ctid = x.place and c.status = x.old_status
			returning c.family, c.first6, c.last4, c.pan, c.status, x.old_status
		), noted as (
			insert into bpnt.journal (action, what, reason)
			select case status when 'active' then 'card activate' when 'blocked' then 'card block' else 'card ' || status end,
				` + cardWhat + `, @file from changed where status <> old_status
		), added as (
			insert into bpnt.card (bucket, pan, pan_key, family, expiry, status, programme, first6, last4)
			select @bucket, x.pan, x.pan_key, x.family, x.expiry, coalesce(x.status, 'active'), x.programme, x.first6, x.last4
			from next x where x.new
			returning 1
		)
		select (select max(n) from next), (select count(*) from added), (select count(*) from changed)`}, {true, `
		with next as materialized (
			select * from todo_forwards where hash = @bucket and n > @after order by n limit @most
		), added as (
			insert into bpnt.card (bucket, pan, pan_key, forward, expiry, first6, last4)
			select @bucket, x.pan, x.pan_key, x.bucket, x.expiry, x.first6, x.last4 from next x
		)
		select max(n), 0, 0 from next`}},
}

func parseCard(r *importRun, f []string) ([]any, error) {
	family, err := wholeNumber("the family", f[0], familyMax)
	if err != nil {
		return nil, err
	}
	expiry, err := parseExpiry(f[2])
	if err != nil {
		return nil, err
	}
	if f[3] != "" && !slices.Contains(cardStatuses, f[3]) {
		return nil, errors.New("the status must be inactive, active, blocked, lost, stolen or replaced")
	}
	digits := []byte(f[1])
	defer clear(digits)
	if err := checkPAN(digits); err != nil {
		return nil, err
	}
	pan := PANKey(r.Keys.PANKey(digits))
	return []any{
		family,
		pgtype.UUID{Bytes: pan, Valid: true},
		r.l.BucketOf(pan), r.Keys.PANKeyID(), f[1][:6], f[1][len(f[1])-4:],
		expiry, optional(f[3]), optional(f[4]),
	}, nil
}

// checkPAN finds what is wrong with a card number, without quoting it.
func checkPAN(digits []byte) error {
	switch {
	case len(digits) < panDigitsMin || len(digits) > panDigitsMax || slices.ContainsFunc(digits, notDigit):
		return errors.New("the card number must have 13 to 19 digits, and nothing else")
	case !isPAN(digits):
		return errors.New("the card number's check digit is wrong")
	}
	return nil
}

func notDigit(c byte) bool { return c < '0' || c > '9' }

// parseExpiry reads the last month in which a card is good, YYYYMM, into YYMM.
func parseExpiry(s string) (int32, error) {
	n, err := wholeNumber("the expiry", s, 209912)
	if err != nil || n < 200001 || n%100 < 1 || n%100 > 12 {
		return 0, errors.New("the expiry must be a month written YYYYMM, 2000 to 2099")
	}
	return int32(n % 10000), nil
}

// cardFileMoves are the changes of status that a file may make, as "from to".
func cardFileMoves() (moves []string) {
	for _, verb := range []CardVerb{CardActivate, CardBlock, CardLost, CardStolen} {
		for _, from := range cardMoves[verb].from {
			moves = append(moves, from+" "+cardMoves[verb].to)
		}
	}
	return moves
}
