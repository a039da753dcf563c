package linear

import (
	"sync"
	"time"

	"bpnt/loadtest"
)

// Limits of what is kept.
const (
	operationsMax = 300    // messages of an account: a search's time grows with them, and an hour's are too many
	accountsMax   = 20_000 // at 300 messages of 150 bytes each: 900 MB at the very worst, far less where families come twice
)

// Witness keeps what it is shown, by account. It can be shown several runs on one ledger, one after another.
type Witness struct {
	mu       sync.Mutex
	accounts map[int32]*account
}

// account is one family's messages in the order in which they ended.
type account struct {
	seen []loadtest.Seen
	cut  time.Time // what was sent from then on is not kept; zero while there is room
}

// NewWitness returns an empty one.
func NewWitness() *Witness { return &Witness{accounts: map[int32]*account{}} }

// See is for loadtest.Config.Witness. It may be called by many goroutines at once.
func (w *Witness) See(s loadtest.Seen) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.accounts[s.Family]
	if a == nil {
		if len(w.accounts) == accountsMax {
			return
		}
		a = new(account)
		w.accounts[s.Family] = a
	}
	a.add(s)
}

// add keeps a message that was sent before the account was full, whenever it ends: an order must know all that may have
// come before what it explains.
func (a *account) add(s loadtest.Seen) {
	if a.cut.IsZero() && len(a.seen) >= operationsMax {
		a.cut = s.Return
	}
	if a.cut.IsZero() || s.Call.Before(a.cut) {
		a.seen = append(a.seen, s)
	}
}
