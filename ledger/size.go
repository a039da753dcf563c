package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Size is what the books take on disk, in bytes.
type Size struct {
	DatabaseBytes int64       `json:"database_bytes"` // all of it, the system's own tables too; without the WAL
	Tables        []TableSize `json:"tables"`         // the largest first
}

// TableSize is one table. Rows are the server's own figures of its last VACUUM or ANALYZE and of what was written since:
// counting a hundred million of them would take a minute.
type TableSize struct {
	Table      string      `json:"table"`
	Rows       int64       `json:"rows"`
	DeadRows   int64       `json:"dead_rows"` // replaced, and not yet cleared by VACUUM
	HeapBytes  int64       `json:"heap_bytes"`
	IndexBytes int64       `json:"index_bytes"`
	Indexes    []IndexSize `json:"indexes"`
}

// IndexSize is one index.
type IndexSize struct {
	Index string `json:"index"`
	Bytes int64  `json:"bytes"`
}

// RowBytes is what a row takes, in the table and in all of its indexes; 0 for an empty table.
func (t TableSize) RowBytes() (heap, indexes int64) {
	if t.Rows == 0 {
		return 0, 0
	}
	return t.HeapBytes / t.Rows, t.IndexBytes / t.Rows
}

// Size reads what each table and index takes. It reads no row of them.
func (l *Ledger) Size(ctx context.Context) (Size, error) {
	var s Size
	if err := l.pool.QueryRow(ctx, `select pg_database_size(current_database())`).Scan(&s.DatabaseBytes); err != nil {
		return s, readError(err)
	}
	rows, err := l.pool.Query(ctx, `
		select c.relname, greatest(c.reltuples::bigint, t.n_live_tup, 0), coalesce(t.n_dead_tup, 0), pg_table_size(c.oid),
		       pg_indexes_size(c.oid), x.names, x.sizes
		  from pg_class c
		  left join pg_stat_all_tables t on t.relid = c.oid
		 cross join lateral (
		    select coalesce(array_agg(i.relname::text order by i.oid), '{}') as names,
		           coalesce(array_agg(pg_relation_size(i.oid) order by i.oid), '{}') as sizes
		      from pg_index k join pg_class i on i.oid = k.indexrelid where k.indrelid = c.oid) x
		 where c.relnamespace = 'bpnt'::regnamespace and c.relkind = 'r'
		 order by pg_total_relation_size(c.oid) desc, c.relname`)
	if err != nil {
		return s, readError(err)
	}
	s.Tables, err = pgx.CollectRows(rows, tableSize)
	return s, readError(err)
}

func tableSize(row pgx.CollectableRow) (t TableSize, err error) {
	var names []string
	var sizes []int64
	err = row.Scan(&t.Table, &t.Rows, &t.DeadRows, &t.HeapBytes, &t.IndexBytes, &names, &sizes)
	t.Indexes = make([]IndexSize, len(names))
	for i := range names {
		t.Indexes[i] = IndexSize{names[i], sizes[i]}
	}
	return t, err
}
