package e2e

import (
	"errors"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"bpnt/iso"
	"bpnt/loadtest/faults"
)

// crossing is a faulty network in front of one link of a world's gateway.
type crossing struct {
	t     testing.TB
	proxy *faults.Proxy
	codec *iso.Codec
	mu    sync.Mutex // between the choice of a script and the connection that takes it
}

func (w *world) crossing(link int) *crossing {
	w.t.Helper()
	l := w.config.Links[link]
	p, err := faults.Start(w.t.Context(), faults.Config{
		Listen: "127.0.0.1:0", Target: w.gateway.Addr(l.Name).String(), Framing: l.Dialect.Framing(),
	})
	w.check(err)
	w.t.Cleanup(func() { w.check(p.Close()) })
	codec, err := iso.NewCodec(l.Dialect)
	w.check(err)
	return &crossing{t: w.t, proxy: p, codec: codec}
}

// dial makes a connection to which these faults happen. Who dials closes it.
func (x *crossing) dial(script ...faults.Step) *wire {
	x.t.Helper()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.proxy.Next(script)
	sock, err := net.Dial("tcp", x.proxy.Addr().String())
	if err != nil {
		x.t.Fatal(err)
	}
	return &wire{Conn: sock, t: x.t, frames: iso.NewFrameReader(sock, x.codec.Dialect().Framing()), codec: x.codec}
}

// try sends a message over a connection of its own. Where the answer does not come whole it is nil.
func (x *crossing) try(o iso.Outgoing, opening []iso.Outgoing, script ...faults.Step) (*iso.Answer, int) {
	x.t.Helper()
	e := x.dial(script...)
	defer e.Close()
	for _, first := range opening {
		e.want("before the message that is cut", "00", first)
	}
	_, _ = e.Write(e.frame(o)) // the connection may be cut already
	a, body, err := e.receive(25 * time.Second)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		x.t.Errorf("%s: neither an answer nor an end", o.MTI)
	}
	if err != nil {
		return nil, 0
	}
	frame, err := iso.AppendFrame(nil, body, x.codec.Dialect().Framing())
	if err != nil {
		x.t.Error(err)
	}
	return a, len(frame)
}

// cutJob is one message that is cut, again and again: what comes before it, and what its terminal does when the answer
// did not come (a is nil) or did. Afterwards all money is where it was.
type cutJob struct {
	name   string
	ready  func() iso.Outgoing
	after  func(o iso.Outgoing, a *iso.Answer)
	debits cutDebits
}

// cutDebits is what can be counted of a job's debits.
type cutDebits int

const (
	debitsUncounted cutDebits = iota // what comes before the message debits too
	debitsIfHeard                    // where the host had the whole message
	debitsOnce                       // wherever it was cut: the terminal repeats it
)

// cutPlace is where a message, or the answer to it, is cut.
type cutPlace struct {
	side  faults.Side
	bytes int
}

// cutPlaces are every byte of both frames, and in the short form some of them, the last one, and all of it.
func cutPlaces(request, answer, step int) (all []cutPlace) {
	for side, length := range []int{faults.Requests: request, faults.Answers: answer} {
		for n := 0; n <= length; n++ {
			if n%step == 0 || n >= length-1 {
				all = append(all, cutPlace{faults.Side(side), n})
			}
		}
	}
	return all
}

// cutter is who speaks behind the crossing: several at once, each with its jobs in the same order.
type cutter struct {
	jobs    []cutJob
	opening func() []iso.Outgoing // what a new connection begins with
}

// cutEverywhere cuts the n-th job's message and its answer at every byte, and returns how often that was.
func (x *crossing) cutEverywhere(cutters []cutter, n int) (request, answer, cuts int) {
	x.t.Helper()
	request, answer = x.measure(cutters[0], n)
	places := make(chan cutPlace)
	var running sync.WaitGroup
	for _, c := range cutters {
		running.Go(func() {
			for p := range places {
				x.cutOnce(c, c.jobs[n], p, answer)
			}
		})
	}
	all := cutPlaces(request, answer, cutStep(x.t))
	for _, p := range all {
		places <- p
	}
	close(places)
	running.Wait()
	return request, answer, len(all)
}

// measure is how long request and answer are, by an exchange that nothing happens to.
func (x *crossing) measure(c cutter, n int) (request, answer int) {
	x.t.Helper()
	o := c.jobs[n].ready()
	frame, err := x.codec.EncodeRequest(nil, &o)
	if err != nil {
		x.t.Fatal(err)
	}
	a, answer := x.try(o, c.opening())
	c.jobs[n].after(o, a)
	return len(frame), answer
}

func (x *crossing) cutOnce(c cutter, job cutJob, p cutPlace, answer int) {
	o, opening := job.ready(), c.opening()
	a, _ := x.try(o, opening, faults.Step{Side: p.side, Frame: len(opening), Kind: faults.Cut, Bytes: p.bytes})
	if heard := p.side == faults.Answers && p.bytes >= answer; heard != (a != nil) {
		x.t.Errorf("%s cut after byte %d of the %s: heard %t, want %t", job.name, p.bytes, p.side, a != nil, heard)
	}
	job.after(o, a)
}

// cutStep is every byte, or every thirty-seventh.
func cutStep(t testing.TB) int { return shortly(t, 1, 37) }
