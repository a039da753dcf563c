package gateway

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// BenchmarkGateway is the gateway's share of a redemption: 253 terminals on sockets of the loopback, each with one
// purchase at a time, PIN checked, before books that cost nothing. us-cpu/op is processor time of the whole process, so
// the terminals' own part (one write, one read, no decoding) is in it.
func BenchmarkGateway(b *testing.B) {
	const terminals = 253
	keys := keystore(b)
	books := newPoster()
	wrapped := map[string][]byte{}
	books.terminal = func(tid string) (ledger.Terminal, error) {
		return ledger.Terminal{Link: 1, TID: tid, WrappedTPK: wrapped[tid]}, nil
	}
	books.outcome = func(ledger.Request) ledger.Result { return ledger.Result{Outcome: ledger.OutcomeApproved, Masthead: 1} }
	c := testConfig(nil)
	c.Links[0].PIN = PINRequired
	g := start(b, c, forgetful{books}, keys)
	frames := make([][]byte, terminals)
	sockets := make([]*terminal, terminals)
	for i := range terminals {
		tid := fmt.Sprintf("TERM%04d", i)
		key, clear, err := keys.NewTerminalKey(pin.UsePIN, tid)
		if err != nil {
			b.Fatal(err)
		}
		wrapped[tid] = key
		o := purchase(int32(i))
		o.TID = tid
		o.PAN, _ = iso.ParsePAN(fmt.Sprintf("486399000000%04d", i))
		block, err := pin.EncryptPINBlock(clear, []byte("123456"), o.PAN.Digits())
		if err != nil {
			b.Fatal(err)
		}
		o.PIN = iso.NewPINBlock(block)
		sockets[i] = dial(b, g)
		frames[i] = sockets[i].frame(o)
	}
	run(b, sockets, frames)
}

// BenchmarkUnfit is the ledger's check of a purchase before the lane.
func BenchmarkUnfit(b *testing.B) {
	g := &Gateway{}
	x := &exchange{request: ledger.Request{
		Kind: ledger.KindRedeem, TID: "60060060", MID: "600600600600600", STAN: 36, Amount: 50_000, Invoice: "000036",
	}}
	b.ReportAllocs()
	for b.Loop() {
		if g.unfit(x) {
			b.Fatal("a good purchase was stopped")
		}
	}
}

// forgetful is a poster that writes nothing down.
type forgetful struct{ *poster }

func (f forgetful) Post(_ context.Context, bucket int16, requests []ledger.Request) ([]ledger.Result, error) {
	results := make([]ledger.Result, len(requests))
	for i, r := range requests {
		results[i] = f.result(r, bucket)
		results[i].ID, results[i].Balance = int64(r.STAN)+1, 60_000
	}
	return results, nil
}

func run(b *testing.B, sockets []*terminal, frames [][]byte) {
	b.ReportAllocs()
	cpu := processorTime()
	b.ResetTimer()
	var all sync.WaitGroup
	for i, e := range sockets {
		all.Add(1)
		go func() {
			defer all.Done()
			for range b.N/len(sockets) + 1 {
				_, _ = e.Write(frames[i])
				if _, err := e.frames.Next(); err != nil {
					b.Error(err)
					return
				}
			}
		}()
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64((processorTime()-cpu).Nanoseconds())/1e3/float64(b.N), "us-cpu/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
	runtime.KeepAlive(sockets)
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
