package main

import (
	"context"

	"bpnt/gateway/pin"
	"bpnt/ledger"
)

// area is the size of synthetic Jakarta.
type area struct {
	Seed      uint64 `default:"1" help:"What cards, PINs and keys are made from; the load test must use the same."`
	Families  int    `default:"212948" help:"Families, one card each."`
	Outlets   int    `default:"253" help:"Outlets."`
	Terminals int    `default:"0" help:"Terminals of the area; 0 for one at each outlet. Terminal k stands at outlet k modulo --outlets."`
}

func (a area) jakarta() (ledger.Jakarta, error) {
	if a.Families < 1 || a.Outlets < 1 || a.Outlets > 99_999 {
		return ledger.Jakarta{}, usage("--families must be at least 1 and --outlets 1 to 99999")
	}
	if a.Terminals != 0 && (a.Terminals < a.Outlets || a.Terminals > 99_999) {
		return ledger.Jakarta{}, usage("--terminals must be --outlets (%d) to 99999, or 0 for one at each outlet", a.Outlets)
	}
	j := ledger.NewJakarta(a.Seed)
	j.Families, j.Outlets, j.Terminals = a.Families, a.Outlets, a.Terminals
	if a.Families < j.TerminalCount() {
		return ledger.Jakarta{}, usage("--families must be at least %d: every terminal needs a family", j.TerminalCount())
	}
	return j, nil
}

type seedCmd struct {
	storage
	area
	Link string `default:"edc" help:"Link on which the terminals speak."`
}

func (seedCmd) Help() string {
	return `Everything is synthetic and a function of --seed: no card of it can be real. An empty ledger only.

  bpnt ledger seed --families 1000 --outlets 5
  bpnt ledger seed --terminals 10000`
}

func (c *seedCmd) Run(ctx context.Context, s *streams) error {
	jakarta, err := c.jakarta()
	if err != nil {
		return err
	}
	return c.withKeys(ctx, s, func(books *ledger.Ledger, keys *pin.Keystore) error {
		return seed(ctx, s, books, keys, jakarta, c.Link)
	})
}

// seed fills the books and shows how far it is.
func seed(ctx context.Context, s *streams, books *ledger.Ledger, keys *pin.Keystore, j ledger.Jakarta, link string) error {
	bar := newProgress(s, "families seeded", int64(j.Families))
	wrap := func(tid string, clear []byte) ([]byte, error) { return keys.WrapTerminalKey(pin.UsePIN, tid, clear) }
	err := books.Seed(ctx, ledger.SeedOptions{Area: j, Link: link, Keys: keys, WrapTPK: wrap, Progress: bar.set})
	if err != nil {
		return err
	}
	bar.done(int64(j.Families))
	return nil
}
