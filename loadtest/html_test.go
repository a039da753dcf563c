package loadtest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// fullReport has everything that a page may show, with latencies over many decades and a second in which nothing came.
func fullReport(random *rand.Rand, seconds, purchases int) *Report {
	p := &Report{
		Terminals: 253, Families: 212_948, Arrivals: "poisson, 3000 visits/s", OfferedPerS: 3000, MeasuredS: float64(seconds),
		Outcomes: map[string]int64{"approved": 1000, "insufficient_funds": 10, "reversed": 3, "no_answer": 1},
		Others:   map[string]Quantiles{"reversal": {Count: 3, P50: 1}},
		Unserved: 5, purchases: newHistogram(), bare: newHistogram(), warmup: 1, ends: float64(seconds),
		Findings: []Finding{{true, "The books are right."}}, Tables: []Table{{Title: "Search", Head: []string{"rate"}, Rows: [][]string{{"1"}}}},
		offered: Arrivals{Shape: ShapeThe25th, Rate: 3000}.curve(time.Duration(seconds) * time.Second),
	}
	spread := random.Float64() * 14
	for range purchases {
		record(p.purchases, time.Duration(float64(time.Microsecond)*(1+random.ExpFloat64()*100*float64(int64(1)<<int(spread)))))
		record(p.bare, time.Duration(random.Int64N(int64(time.Second))))
	}
	for i := range seconds {
		s := Second{At: float64(i + 1), Ended: 3000 * random.Float64(), P50: random.ExpFloat64(), P99: 100 * random.ExpFloat64(), BareP99: 5}
		s.Good, s.Shed, s.Late = s.Ended/2, s.Ended/4, s.Ended/4
		if i == 2 {
			s = Second{At: s.At}
		}
		p.Seconds = append(p.Seconds, s)
	}
	p.Latency = quantiles(p.purchases)
	p.Bare = &BareCommit{PerS: 50, Latency: quantiles(p.bare), Ratios: map[string]float64{"p99": 2}}
	p.Cost = &Cost{
		Redemptions: 1000, WALBytes: 750, DatabaseAfter: 2e9, DatabaseBefore: 1e9, RoundTrips: 0.05,
		Processes: []ProcessCost{{Name: "gateway", CPU: 25, Cores: 0.4, SystemCalls: 4}, {Name: "Postgres", CPU: 40, Cores: 0.6}},
		Stages:    []Stage{{"queue", 1.5, 100}, {"ledger", 3, 100}}, Unseen: []string{"the weather"},
	}
	p.Environment = NewEnvironment(`bpnt loadtest --report "a & b".html`)
	p.Environment.Settings = []Setting{{"fsync", "on"}}
	return p
}

func pageOf(t testing.TB, p *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestPageStandsAlone: well-formed, nothing from elsewhere, no script, both colour schemes, paper, and every part there.
func TestPageStandsAlone(t *testing.T) {
	page := pageOf(t, fullReport(rand.New(rand.NewPCG(1, 1)), 20, 5000))
	decoder := xml.NewDecoder(strings.NewReader(page))
	decoder.Strict, decoder.AutoClose, decoder.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, foreign := range []string{"http:", "https:", "<script", "<link", "src=", "url(", "@import", "ZgotmplZ"} {
		if strings.Contains(page, foreign) {
			t.Errorf("the page has %q", foreign)
		}
	}
	for _, part := range []string{
		"prefers-color-scheme: dark", "@media print", "width=device-width", "Latency by percentile", "Purchases per second", "Latency over time",
		"The books are right.", "Search", "bare commit", "Processor time", "Stages of a message", "the weather", "fsync = on",
		"&#34;a &amp; b&#34;.html", "insufficient funds", "visits offered",
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if n := strings.Count(page, "<svg"); n != 3 {
		t.Errorf("%d pictures, want 3", n)
	}
}

// TestPlainPage: a run of which nothing was measured besides still makes a page, without empty pictures.
func TestPlainPage(t *testing.T) {
	host := newResponder(t, func(conn net.Conn, _, answer []byte) { send(conn, answer) })
	page := pageOf(t, play(t, testConfig(host.addr()), testFleet(t, 2, 20)))
	for _, absent := range []string{"bare commit", "Processor time", "NaN", "Inf", "Where it was measured"} {
		if strings.Contains(page, absent) {
			t.Errorf("the page has %q", absent)
		}
	}
	if !strings.Contains(page, "Latency by percentile") {
		t.Error("the page has no picture")
	}
	pageOf(t, &Report{purchases: newHistogram()}) // of a run in which nothing came
}

// TestPlotsStayInTheirBox: whatever came, every point is within the axes, every label within the picture, and no label
// touches another.
func TestPlotsStayInTheirBox(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 4))
		seconds := rapid.SampledFrom([]int{2, 3, 7, 20, 61, 600, 4000}).Draw(t, "seconds")
		purchases := rapid.SampledFrom([]int{1, 2, 10, 3000}).Draw(t, "purchases")
		report := fullReport(random, seconds, purchases)
		for range 2 + random.IntN(20) {
			report.Load = append(report.Load, LoadPoint{
				Asked: 1 + random.ExpFloat64()*20_000, Sent: random.ExpFloat64() * 20_000, Goodput: random.ExpFloat64() * 9000,
				P50: random.ExpFloat64(), P99: random.ExpFloat64() * 1000, BareP99: float64(random.IntN(2)),
			})
		}
		figures := report.figures()
		if len(figures) != 5 {
			t.Fatalf("%d pictures", len(figures))
		}
		for _, f := range figures {
			if err := checkPicture(string(f.SVG)); err != nil {
				t.Fatalf("%s: %v", f.Title, err)
			}
		}
	})
}

type svgPicture struct {
	Texts []struct {
		X      float64 `xml:"x,attr"`
		Y      float64 `xml:"y,attr"`
		Anchor string  `xml:"text-anchor,attr"`
		Text   string  `xml:",chardata"`
	} `xml:"text"`
	Paths []struct {
		D string `xml:"d,attr"`
	} `xml:"path"`
	Rects []struct {
		X     float64 `xml:"x,attr"`
		Width float64 `xml:"width,attr"`
	} `xml:"rect"`
}

type box struct {
	left, top, right, bottom float64
	text                     string
}

func (b box) meets(c box) bool {
	return b.left < c.right && c.left < b.right && b.top < c.bottom && c.top < b.bottom
}

func checkPicture(text string) error {
	var picture svgPicture
	if err := xml.Unmarshal([]byte(text), &picture); err != nil {
		return err
	}
	if len(picture.Paths) == 0 || len(picture.Texts) < 4 {
		return fmt.Errorf("%d curves and %d labels", len(picture.Paths), len(picture.Texts))
	}
	var labels []box
	for _, l := range picture.Texts {
		width := textWidth(l.Text)
		b := box{l.X - width, l.Y - plotFont*0.8, l.X, l.Y + plotFont*0.2, l.Text}
		if l.Anchor == "middle" {
			b.left, b.right = b.left+width/2, b.right+width/2
		}
		if b.left < 0 || b.right > plotWidth+0.1 || b.top < 0 || b.bottom > plotHeight {
			return fmt.Errorf("label %q at %g, %g leaves the picture", l.Text, l.X, l.Y)
		}
		if i := slices.IndexFunc(labels, b.meets); i >= 0 {
			return fmt.Errorf("labels %q and %q touch", l.Text, labels[i].text)
		}
		labels = append(labels, b)
	}
	for _, r := range picture.Rects {
		if r.X < plotLeft || r.Width < 0 || r.X+r.Width > plotWidth-plotRight+0.2 {
			return fmt.Errorf("a rectangle from %g, %g wide", r.X, r.Width)
		}
	}
	return checkPaths(picture)
}

var coordinates = regexp.MustCompile(`[ML](-?[\d.]+) (-?[\d.]+)`)

func checkPaths(picture svgPicture) error {
	for _, path := range picture.Paths {
		points := coordinates.FindAllStringSubmatch(path.D, -1)
		if len(points) == 0 {
			return fmt.Errorf("a path without points: %q", path.D)
		}
		for _, p := range points {
			x, errX := strconv.ParseFloat(p[1], 64)
			y, errY := strconv.ParseFloat(p[2], 64)
			if err := errors.Join(errX, errY); err != nil {
				return err
			}
			if x < plotLeft || x > plotWidth-plotRight || y < plotTop || y > plotHeight-plotBottom {
				return fmt.Errorf("point %g, %g outside of the axes", x, y)
			}
		}
	}
	return nil
}

// TestAxes: round figures, first and last value on the axis.
func TestAxes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float64Range(0.001, 1e5).Draw(t, "low")
		high := low * rapid.Float64Range(1, 1e5).Draw(t, "ratio")
		a := logAxis("ms", low, high)
		if a.from > low*1.000001 || a.to < high*0.999999 {
			t.Fatalf("%g to %g for %g to %g", a.from, a.to, low, high)
		}
		if n := len(a.ticks); n < 2 || n > 25 {
			t.Fatalf("%d ticks", n)
		}
		if got := linearAxis("", high, rateTicks, grouped); got.to < high || len(got.ticks) > 2*rateTicks+2 {
			t.Fatalf("%d ticks to %g for %g", len(got.ticks), got.to, high)
		}
	})
	for v, want := range map[float64]string{0: "0", 0.05: "0.05", 1: "1", 12.345: "12.3", 200: "200", 1000: "1 s", 20_000: "20 s", 1234: "1.23 s"} {
		if got := millisLabel(v); got != want {
			t.Errorf("%g: %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234"} {
		if got := grouped(v); got != want {
			t.Errorf("%g: %q, want %q", v, got, want)
		}
	}
}

// TestThin: an hour fits into a picture, with no rate lost and no peak hidden.
func TestThin(t *testing.T) {
	var series []Second
	var sum float64
	for i := range 3600 {
		s := Second{At: float64(i + 1), Good: float64(i % 7), P99: 1}
		if i == 1234 {
			s.P99 = 500
		}
		sum += s.Good
		series = append(series, s)
	}
	thinned := thin(series, pointsMax)
	var got, worst float64
	for _, s := range thinned {
		got, worst = got+s.Good*float64(len(series))/float64(len(thinned)), max(worst, s.P99)
	}
	if len(thinned) > pointsMax || thinned[len(thinned)-1].At != 3600 || worst != 500 || got < sum*0.999 || got > sum*1.001 {
		t.Errorf("%d points to %g s, worst %g, sum %g of %g", len(thinned), thinned[len(thinned)-1].At, worst, got, sum)
	}
}
