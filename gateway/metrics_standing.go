package gateway

import (
	"github.com/prometheus/client_golang/prometheus"
)

// The figures of the books. Every gateway of one ledger tells the same, so whoever adds up gateways takes the maximum.
var (
	descBooksAge = prometheus.NewDesc("bpnt_books_age_seconds",
		"Since the state of the books was read; the figures of the books are as old as this.", nil, nil)
	descUnclosed = prometheus.NewDesc("bpnt_batches_unclosed",
		"Terminals whose open batch began before the last cut-over, by the last look at all of them.", nil, nil)
	descExceptions = prometheus.NewDesc("bpnt_exceptions_open",
		"Exceptions that nobody has settled, by the last look at all of them.", nil, nil)
	descTranches = prometheus.NewDesc("bpnt_tranches_pending",
		"Disbursed money that is being funded and cannot be spent yet: how many tranches.", nil, nil)
	descRupiah       = prometheus.NewDesc("bpnt_tranche_pending_rupiah", "Whole rupiah in pending tranches.", nil, nil)
	descTerminalKeys = prometheus.NewDesc("bpnt_terminal_keys_oldest_seconds",
		"Age of the oldest working keys of an active terminal.", nil, nil)
	descLinkKeys = prometheus.NewDesc("bpnt_link_keys_age_seconds",
		"Age of the working keys that a switch and we exchanged.", []string{"link"}, nil)
	descDatabase = prometheus.NewDesc("bpnt_database_bytes", "Size of the ledger's database on disk.", nil, nil)
	descDiskFree = prometheus.NewDesc("bpnt_disk_free_bytes",
		"Free on the disk that holds the books, for who is not root; only where they are on this machine.", nil, nil)
	descDisk = prometheus.NewDesc("bpnt_disk_bytes", "Size of the disk that holds the books.", nil, nil)
)

// standingPage shows on the page of metrics what is known of the books. What is not known is not there: a 0 would be a lie.
type standingPage struct {
	books *standing
	disk  string // folder of the books; empty where they are not on this machine
}

// Describe names what may be shown.
func (p standingPage) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descBooksAge, descUnclosed, descExceptions, descTranches, descRupiah, descTerminalKeys, descLinkKeys,
		descDatabase, descDiskFree, descDisk,
	} {
		descs <- d
	}
}

// Collect shows what is known.
func (p standingPage) Collect(out chan<- prometheus.Metric) {
	show := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	if free, size, err := diskSpace(p.disk); err == nil {
		show(descDiskFree, float64(free))
		show(descDisk, float64(size))
	}
	s := p.books
	s.mu.Lock()
	defer s.mu.Unlock()
	show(descBooksAge, s.age().Seconds())
	if s.readAt.IsZero() {
		return
	}
	show(descDatabase, float64(s.last.DatabaseBytes))
	show(descTranches, float64(s.last.TranchesPending))
	show(descRupiah, float64(s.last.PendingRupiah))
	for _, k := range s.last.LinkKeys {
		show(descLinkKeys, s.since(k.At).Seconds(), k.Link)
	}
	if s.unclosed.known {
		show(descUnclosed, float64(s.unclosed.sum))
	}
	if s.keys.at != nil {
		show(descTerminalKeys, s.since(*s.keys.at).Seconds())
	}
	if s.open.known {
		show(descExceptions, float64(s.open.sum))
	}
}
