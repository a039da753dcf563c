package ledger

import (
	"slices"
	"testing"
)

// TestSize: each table once with its indexes, the largest first, and a family's card takes what its row must at least.
func TestSize(t *testing.T) {
	m := newMarket(t)
	m.asOwner(`analyze bpnt.card`)
	size, err := m.operator.Size(t.Context())
	m.must(0, err)
	if !slices.IsSortedFunc(size.Tables, func(a, b TableSize) int {
		return int(b.HeapBytes + b.IndexBytes - a.HeapBytes - a.IndexBytes)
	}) {
		t.Errorf("not the largest first: %+v", size.Tables)
	}
	i := slices.IndexFunc(size.Tables, func(s TableSize) bool { return s.Table == "card" })
	if i < 0 {
		t.Fatalf("no card in %+v", size.Tables)
	}
	card := size.Tables[i]
	heap, indexes := card.RowBytes()
	if card.Rows != int64(len(m.cards)) || heap < 60 || indexes < 20 || len(card.Indexes) != 2 || card.IndexBytes > size.DatabaseBytes {
		t.Errorf("%+v", card)
	}
	if heap, indexes := (TableSize{HeapBytes: 8192}).RowBytes(); heap != 0 || indexes != 0 {
		t.Errorf("no row takes %d and %d bytes", heap, indexes)
	}
}
