package e2e

import (
	"fmt"
	"slices"
	"strings"
)

// close holds what the ledger has in its tables at a story's end against the model: every purse, every debt, the sums
// of every closed batch.
func (s *story) close() {
	got := s.tables()
	expected := s.worlds[0].tables()
	s.worlds = slices.DeleteFunc(s.worlds, func(b *books) bool { return b.tables() != got })
	if len(s.worlds) == 0 {
		s.fail(fmt.Sprintf("the books hold at the end\n%s\n  and the model\n%s", got, expected))
	}
}

// tables are the ledger's, as text.
func (s *story) tables() string {
	var lines []string
	for i := range s.worlds[0].households {
		id := s.familyID(i)
		purses := s.sql.run(fmt.Sprintf(`select coalesce(
			string_agg(format('%%s %%s', row_number, balance), ', ' order by period), '') from (select row_number() over (order by period), period, balance from bpnt.purse
				where family = %d and programme = %d) p`, id, s.programme))
		owed := s.sql.run(fmt.Sprintf("select coalesce(sum(owed), 0) from bpnt.receivable where family = %d", id))
		lines = append(lines, fmt.Sprintf("family %d: %s, owes %s", i, purses, owed))
	}
	for i := range s.worlds[0].tills {
		lines = append(lines, fmt.Sprintf("EDC %c: %s", 'A'+i, s.sql.run(fmt.Sprintf(`select coalesce(string_agg(
			format('batch %%s sales %%s %%s refunds %%s %%s', b.no, b.sales - b.voids, b.sales_amount - b.voids_amount, b.refunds,
			b.refunds_amount), ', ' order by b.no), '') from bpnt.batch b join bpnt.terminal t on t.id = b.terminal
			where t.tid = '%s'`, s.tid(i)))))
	}
	return strings.Join(lines, "\n")
}

// tables are the model's, as text.
func (b *books) tables() string {
	var lines []string
	for i := range b.households {
		var purses []string
		for j, p := range b.households[i].purses {
			purses = append(purses, fmt.Sprintf("%d %d", j+1, p.balance))
		}
		lines = append(lines, fmt.Sprintf("family %d: %s, owes %d", i, strings.Join(purses, ", "), b.households[i].owed))
	}
	for i := range b.tills {
		var batches []string
		for _, c := range b.tills[i].closed {
			sum := b.counted(i, c.no)
			batches = append(batches, fmt.Sprintf("batch %d sales %d %d refunds %d %d",
				c.no, sum.sales, sum.salesAmount, sum.refunds, sum.refundsAmount))
		}
		lines = append(lines, fmt.Sprintf("EDC %c: %s", 'A'+i, strings.Join(batches, ", ")))
	}
	return strings.Join(lines, "\n")
}
