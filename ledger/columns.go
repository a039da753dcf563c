package ledger

import (
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// columns are the requests of a batch turned on their side: one array for each argument of post(). place tells where
// in the batch each element came from.
type columns struct {
	place       []int
	undo        int32 // so many first: reversals and tombstones
	amend       int32 // so many then: voids, refunds and advices
	kind        []Kind
	link        []int16
	tid         []string
	stan        []int32
	pan         []pgtype.UUID
	code        []int32
	amount      []int64
	mid         []string
	programme   []int16
	byCard      []bool
	stamp       []pgtype.Int8
	atc         []pgtype.Int4
	invoice     []string
	batch       []pgtype.Int4
	nii         []pgtype.Int2
	entryMode   []pgtype.Int2
	pinRequired []bool
	pinValue    []int32
	window      []pgtype.Interval
	resent      []bool
	original    []pgtype.Int8
}

// step is which part of post() decides a request: they work one after the other.
type step int

const (
	stepUndo step = iota
	stepAmend
	stepPost
)

func (r *Request) step() step {
	switch r.Kind {
	case KindRedeem, KindInquire:
		return stepPost
	case KindReverse, KindBlock:
		return stepUndo
	}
	return stepAmend
}

// newColumns puts the requests into the order in which post() wants them. It leaves out a request that stands behind
// another of its card, and marks its result Again.
func newColumns(requests []Request, results []Result) *columns {
	c := makeColumns(len(requests))
	seen := make(map[PANKey]struct{}, len(requests))
	for i := range requests {
		_, twice := seen[requests[i].PAN]
		seen[requests[i].PAN] = struct{}{}
		results[i] = Result{Again: twice, MovedTo: Absent}
	}
	c.undo = c.addStep(requests, results, stepUndo)
	c.amend = c.addStep(requests, results, stepAmend)
	c.addStep(requests, results, stepPost)
	return c
}

func (c *columns) addStep(requests []Request, results []Result, s step) (added int32) {
	for i := range requests {
		if requests[i].step() == s && !results[i].Again {
			c.add(i, &requests[i])
			added++
		}
	}
	return added
}

func makeColumns(n int) *columns {
	return &columns{
		place: make([]int, 0, n), kind: make([]Kind, 0, n), link: make([]int16, 0, n), tid: make([]string, 0, n),
		stan: make([]int32, 0, n), pan: make([]pgtype.UUID, 0, n), code: make([]int32, 0, n),
		amount: make([]int64, 0, n), mid: make([]string, 0, n),
		programme: make([]int16, 0, n), byCard: make([]bool, 0, n), stamp: make([]pgtype.Int8, 0, n), atc: make([]pgtype.Int4, 0, n),
		invoice: make([]string, 0, n), batch: make([]pgtype.Int4, 0, n), nii: make([]pgtype.Int2, 0, n),
		entryMode: make([]pgtype.Int2, 0, n), pinRequired: make([]bool, 0, n), pinValue: make([]int32, 0, n),
		window: make([]pgtype.Interval, 0, n), resent: make([]bool, 0, n),
		original: make([]pgtype.Int8, 0, n),
	}
}

func (c *columns) add(i int, r *Request) {
	c.place = append(c.place, i)
	c.kind = append(c.kind, r.Kind)
	c.link = append(c.link, r.Link)
	c.tid = append(c.tid, r.TID)
	c.stan = append(c.stan, r.STAN)
	c.pan = append(c.pan, pgtype.UUID{Bytes: r.PAN, Valid: true})
	c.code = append(c.code, r.ProcessingCode)
	c.amount = append(c.amount, r.Amount)
	c.mid = append(c.mid, r.MID)
	c.programme = append(c.programme, r.Programme)
	c.byCard = append(c.byCard, r.ByCard)
	c.stamp = append(c.stamp, pgtype.Int8{Int64: r.LocalStamp, Valid: r.LocalStamp >= 0})
	c.atc = append(c.atc, pgtype.Int4{Int32: r.ATC, Valid: r.ATC >= 0})
	c.invoice = append(c.invoice, r.Invoice)
	c.batch = append(c.batch, pgtype.Int4{Int32: r.Batch, Valid: r.Batch >= 0})
	c.nii = append(c.nii, pgtype.Int2{Int16: r.NII, Valid: r.NII >= 0})
	c.entryMode = append(c.entryMode, pgtype.Int2{Int16: r.EntryMode, Valid: r.EntryMode >= 0})
	c.pinRequired = append(c.pinRequired, r.PINRequired)
	c.pinValue = append(c.pinValue, r.PINValue)
	c.window = append(c.window, pgtype.Interval{Microseconds: r.window().Microseconds(), Valid: true})
	c.resent = append(c.resent, r.Resent)
	c.original = append(c.original, pgtype.Int8{Int64: r.Original, Valid: r.Original > 0})
}

// window is the request's identity window, or the default.
func (r *Request) window() time.Duration {
	if r.Window > 0 {
		return r.Window
	}
	return IdentityWindow
}

// arguments are post()'s, in order.
func (c *columns) arguments(bucket int16, clock pgtype.Timestamptz) []any {
	return []any{
		bucket, clock, c.kind, c.link, c.tid, c.stan, c.pan, c.code, c.amount, c.mid, c.programme,
		c.byCard, c.stamp, c.atc, c.invoice, c.batch, c.nii, c.entryMode, c.pinRequired, c.pinValue, c.window, c.resent,
		c.original, c.undo, c.amend,
	}
}
