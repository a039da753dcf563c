package gateway

import (
	"context"
	"errors"
	"time"

	"bpnt/gateway/lane"
	"bpnt/ledger"
)

// Ledger is what the gateway needs of the books.
type Ledger interface {
	Buckets() int
	BucketOf(ledger.PANKey) int16
	Post(ctx context.Context, bucket int16, requests []ledger.Request) ([]ledger.Result, error)
	CloseBatch(ctx context.Context, c ledger.BatchClaim) (ledger.BatchAnswer, error)
	Upload(ctx context.Context, u ledger.UploadItem) (ledger.UploadAnswer, error)
	Terminal(ctx context.Context, link int16, tid string) (ledger.Terminal, error)
	SetTerminalKeys(ctx context.Context, link int16, tid string, wrappedTPK, wrappedTAK []byte) error
	ConfirmTerminalKeys(ctx context.Context, link int16, tid string, wrappedTPK, wrappedTAK []byte) error
	Masthead(ctx context.Context, id int32) (ledger.Masthead, error)
	Reconcile(ctx context.Context, c ledger.SwitchClaim) (ledger.SwitchAnswer, error)
	CutOver(ctx context.Context, link int16, date string) (ledger.Outcome, error)
	OpenSwitchDay(ctx context.Context, link int16) error
	Link(ctx context.Context, id int16) (ledger.LinkCard, error)
	SetLinkKeys(ctx context.Context, link int16, wrappedZPK, wrappedZAK []byte) error
	ConfirmLinkKeys(ctx context.Context, link int16) error
	LinkID(ctx context.Context, name string) (int16, error)
	ProgrammeID(ctx context.Context, code string) (int16, error)
	Standing(ctx context.Context, page ledger.StandingPage) (ledger.Standing, error)
	Ping(ctx context.Context) error
	PoolStats() ledger.PoolStats
}

// books is one bucket's way to the ledger: what its lane calls. Its buffers are used by one call at a time.
type books struct {
	gateway  *Gateway
	bucket   int16
	requests []ledger.Request
	answers  []lane.Answer[ledger.Result]
}

type bucketLane = lane.Lane[*exchange, ledger.Result]

func newBucketLane(g *Gateway, bucket int16) *bucketLane {
	b := &books{gateway: g, bucket: bucket}
	return lane.New(lane.Config[*exchange, ledger.Result]{
		Post: b.post, Fate: fate, Settle: b.settle, Probe: g.ledger.Ping, Done: g.ended, Meter: &g.metrics.lanes,
		Depth: g.limits.LaneDepth, BatchMax: g.limits.BatchMax, AttemptTimeout: g.limits.Attempt.Duration,
	})
}

// post is one attempt at a batch.
func (b *books) post(ctx context.Context, batch []*exchange) ([]lane.Answer[ledger.Result], error) {
	b.requests = b.requests[:0]
	for _, x := range batch {
		b.requests = append(b.requests, x.request)
	}
	began := time.Now()
	results, err := b.gateway.ledger.Post(ctx, b.bucket, b.requests)
	if err != nil {
		for _, x := range batch {
			x.request.Resent = true // the next time it is; what the books sent on, or back to wait, they did not store
		}
		b.trouble("a batch was not posted, or its outcome is unknown", err)
		return nil, err
	}
	b.gateway.metrics.batch(batch, began, time.Now())
	b.answers = b.answers[:0]
	for i := range results {
		b.answers = append(b.answers, lane.Answer[ledger.Result]{Value: results[i], Again: results[i].Again})
	}
	return b.answers, nil
}

// settle closes the redemptions, voids, refunds and advices whose commit stayed unknown past their deadline. Where one
// did not reach the books it leaves a tombstone under its key, of which DE3 is a part, so that it never can; where it did,
// it stands until its reversal comes. Reversals and inquiries need no settling: a terminal repeats the first and the
// second moves nothing.
func (b *books) settle(ctx context.Context, open []*exchange) error {
	b.requests = b.requests[:0]
	for _, x := range open {
		if x.onceOnly() {
			b.requests = append(b.requests, x.request)
			b.requests[len(b.requests)-1].Kind = ledger.KindBlock
		}
	}
	return b.block(ctx, b.requests)
}

// block posts tombstones until none has to go again (the second card of a family does). Each stands for itself, so
// what the ledger rejects is halved until the culprit stands alone; that one is left to its terminal's reversal and to
// people, or it would keep its bucket closed for ever.
func (b *books) block(ctx context.Context, requests []ledger.Request) error {
	for len(requests) > 0 {
		results, err := b.gateway.ledger.Post(ctx, b.bucket, requests)
		switch {
		case errors.Is(err, ledger.ErrRejected) && len(requests) == 1:
			b.gateway.metrics.unsettled.Inc()
			b.gateway.log.Error("an unknown outcome cannot be settled: hold its terminal's batch against the books",
				"bucket", b.bucket, "tid", requests[0].TID, "stan", requests[0].STAN, "error", err)
			return nil
		case errors.Is(err, ledger.ErrRejected):
			half := len(requests) / 2
			return errors.Join(b.block(ctx, requests[:half]), b.block(ctx, requests[half:]))
		case err != nil:
			b.trouble("unknown outcomes cannot be settled yet", err)
			return err
		}
		requests = b.settled(requests, results)
	}
	return nil
}

// settled counts what was settled and returns what has to go again.
func (b *books) settled(requests []ledger.Request, results []ledger.Result) []ledger.Request {
	left := requests[:0]
	for i, r := range results {
		if r.Again {
			left = append(left, requests[i])
			continue
		}
		b.gateway.metrics.settled(r)
	}
	return left
}

// trouble logs what kept a batch from being posted, at a limited rate: a database that is away is away for every batch.
// The ledger's errors tell a SQLSTATE and nothing of the requests.
func (b *books) trouble(text string, err error) {
	if b.gateway.troubled.Allow() {
		b.gateway.log.Warn(text, "bucket", b.bucket, "requests", len(b.requests), "fate", fate(err).String(), "error", err)
	}
}

// fate translates the ledger's errors. What it does not know may have committed.
func fate(err error) lane.Fate {
	switch {
	case errors.Is(err, ledger.ErrIndeterminate):
		return lane.Unknown
	case errors.Is(err, ledger.ErrUnavailable):
		return lane.NotPosted
	case errors.Is(err, ledger.ErrBusy):
		return lane.Busy
	case errors.Is(err, ledger.ErrRejected):
		return lane.Rejected
	}
	return lane.Unknown
}
