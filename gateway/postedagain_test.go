package gateway

import (
	"context"
	"slices"
	"testing"

	"bpnt/ledger"
)

// forgetfulOnce loses the outcome of its first batch, and writes down what every attempt asked.
type forgetfulOnce struct {
	*poster
	attempts [][]ledger.Request
}

func (f *forgetfulOnce) Post(ctx context.Context, bucket int16, requests []ledger.Request) (results []ledger.Result, err error) {
	f.set(func() { f.attempts = append(f.attempts, slices.Clone(requests)) })
	if results, err = f.poster.Post(ctx, bucket, requests); len(f.attempts) == 1 {
		return nil, ledger.ErrIndeterminate
	}
	return results, err
}

// TestPostedAgainAsItWas: what is posted again after an unknown outcome is the same message to the last field, so that
// the books know it again, and says that it was posted before, so that they do so after a terminal reset too.
func TestPostedAgainAsItWas(t *testing.T) {
	books := &forgetfulOnce{poster: newPoster()}
	g := start(t, testConfig(nil), books, keystore(t))
	if a := dial(t, g).ask(purchase(1)); a.ResponseCode != "00" || a.STAN != 1 {
		t.Errorf("STAN %d: %s", a.STAN, a.ResponseCode)
	}
	var attempts [][]ledger.Request
	books.set(func() { attempts = books.attempts })
	if len(attempts) != 2 || len(attempts[0]) != 1 || len(attempts[1]) != 1 {
		t.Fatalf("attempts: %v", attempts)
	}
	want := attempts[0][0]
	if want.Resent {
		t.Error("the first attempt says that there was one before")
	}
	if want.Resent = true; attempts[1][0] != want {
		t.Errorf("the second attempt differs in more than that:\n%+v\n%+v", attempts[1][0], want)
	}
}
