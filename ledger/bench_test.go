package ledger

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// benchKeys stands in for the keystore, whose cost is not the ledger's.
type benchKeys struct{}

func (benchKeys) PANKey(digits []byte) [16]byte { return pan(string(digits), digits[14]&1) }
func (benchKeys) PANKeyID() int16               { return 1 }
func (benchKeys) ValueOfPIN(_, _ []byte) (int32, error) {
	return testPIN, nil
}

// BenchmarkPost measures redemptions in the database alone, at Jakarta's size, by batch size: one bucket's lane, every
// card once in a batch. The server is a durable one, not the tests'.
func BenchmarkPost(b *testing.B) {
	server, err := localpg.Start(b.Context(), localpg.Config{DataDir: pgtest.Folder(b)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Kill() })
	area := NewJakarta(1)
	url := seeded(b, server, area)
	gateway, err := Open(b.Context(), Options{URL: url, Role: RoleGateway})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(gateway.Close)
	stan := int32(0)
	for _, size := range []int{1, 10, 50, 100, 200, 500} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) { benchmarkBatch(b, gateway, area, size, &stan) })
	}
}

func seeded(b *testing.B, server *localpg.Server, area Jakarta) string {
	if err := server.EnsureDatabase(b.Context(), "bench"); err != nil {
		b.Fatal(err)
	}
	url := server.URL("bench")
	if err := Migrate(b.Context(), url, MigrateOptions{Buckets: 2, KeyFingerprint: "bench"}); err != nil {
		b.Fatal(err)
	}
	operator, err := Open(b.Context(), Options{URL: url, Role: RoleOperator})
	if err != nil {
		b.Fatal(err)
	}
	defer operator.Close()
	start := time.Now()
	err = operator.Seed(b.Context(), SeedOptions{
		Area: area, Link: "edc", Keys: benchKeys{},
		WrapTPK: func(string, []byte) ([]byte, error) { return nil, nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	seedTook := time.Since(start)
	if _, err := operator.Disburse(b.Context(), Disbursement{Programme: 1, Period: testPeriod, AmountIDR: 99_999_999}); err != nil {
		b.Fatal(err)
	}
	fmt.Fprintf(os.Stderr, "seed %v, disburse %v\n", seedTook.Round(time.Millisecond), (time.Since(start) - seedTook).Round(time.Millisecond))
	return url
}

func benchmarkBatch(b *testing.B, gateway *Ledger, area Jakarta, size int, stan *int32) {
	link, err := gateway.LinkID(b.Context(), "edc")
	if err != nil {
		b.Fatal(err)
	}
	count, start := 0, time.Now()
	for b.Loop() {
		requests := benchRequests(link, area, size, stan)
		results, err := gateway.Post(b.Context(), 0, requests)
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range results {
			if r.Outcome == OutcomeApproved {
				count++
			}
		}
	}
	b.ReportMetric(float64(count)/time.Since(start).Seconds(), "redemptions/s")
}

// benchRequests draws cards of bucket 0 at random, each once.
func benchRequests(link int16, area Jakarta, size int, stan *int32) []Request {
	requests := make([]Request, 0, size)
	seen := map[PANKey]bool{}
	for len(requests) < size {
		i := rand.IntN(area.Families)
		digits := area.Card(i).PAN
		key := PANKey(benchKeys{}.PANKey(digits[:]))
		if key[3]&1 != 0 || seen[key] {
			continue
		}
		seen[key] = true
		*stan++
		requests = append(requests, Request{
			Kind: KindRedeem, Link: link, TID: area.Terminal(area.OutletOf(i)).TID, STAN: *stan % 1000000, PAN: key,
			Amount: 500, Programme: 1, LocalStamp: Absent, ATC: Absent, Invoice: "000001", Batch: 1, NII: 10,
			EntryMode: 51, PINRequired: true, PINValue: testPIN,
		})
	}
	return requests
}
