package ledger

import (
	"errors"
	"testing"

	"bpnt/ledger/localpg/pgtest"
)

// TestProbe: each commit is a durable row of the probe's own table, one probe at a time, and nothing stays behind.
func TestProbe(t *testing.T) {
	url := pgtest.CreateDatabase(t)
	p := openProbe(t, url)
	if _, err := OpenProbe(t.Context(), url); !errors.Is(err, ErrProbing) {
		t.Errorf("a second probe: %v", err)
	}
	for range 3 {
		if err := p.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var rows int
	var persistence string
	err := p.conn.QueryRow(t.Context(), `select count(*), min(relpersistence::text) from bpnt_probe.tick, pg_class
		where pg_class.oid = 'bpnt_probe.tick'::regclass`).Scan(&rows, &persistence)
	if err != nil || rows != 3 || persistence != "p" {
		t.Errorf("%d rows in a table of persistence %q, %v", rows, persistence, err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	m := openMeter(t, url)
	var left int
	if err := m.conn.QueryRow(t.Context(), `select count(*) from pg_namespace where nspname = 'bpnt_probe'`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d schemas left, %v", left, err)
	}
}

// TestProbeAfterACrash: what a killed probe left is replaced.
func TestProbeAfterACrash(t *testing.T) {
	url := pgtest.CreateDatabase(t)
	if err := openProbe(t, url).conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for {
		p, err := OpenProbe(t.Context(), url)
		if errors.Is(err, ErrProbing) { // the server has not yet seen that the first one is gone
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(p.Commit(t.Context()), p.Close(t.Context())); err != nil {
			t.Error(err)
		}
		return
	}
}

// TestProbeOfAStranger: who may not make a schema is told what to grant.
func TestProbeOfAStranger(t *testing.T) {
	url := pgtest.CreateDatabase(t)
	m := openMeter(t, url)
	if _, err := m.conn.Exec(t.Context(), `set role pg_monitor`); err != nil {
		t.Fatal(err)
	}
	_, err := m.conn.Exec(t.Context(), probeSchema)
	if got := probeError(err).Error(); got != "the database user may not make the schema bpnt_probe: GRANT CREATE ON DATABASE to it" {
		t.Errorf("%q of %v", got, err)
	}
}

// TestMeter: what was written between two readings is what the second has more, and the settings come in their order.
func TestMeter(t *testing.T) {
	url := pgtest.CreateDatabase(t)
	m, p := openMeter(t, url), openProbe(t, url)
	defer func() { _ = p.Close(t.Context()) }()
	before, err := m.Growth(t.Context())
	if err != nil || before.DatabaseBytes == 0 {
		t.Fatalf("%+v, %v", before, err)
	}
	for range 10 {
		if err := p.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	after, err := m.Growth(t.Context())
	if err != nil || after.WALBytes-before.WALBytes < 10*30 || after.DatabaseBytes < before.DatabaseBytes {
		t.Errorf("before %+v, after %+v, %v", before, after, err)
	}
	version, settings, err := m.Server(t.Context())
	if err != nil || version == "" || len(settings) != len(serverSettings) {
		t.Fatalf("version %q, settings %v, %v", version, settings, err)
	}
	for i, s := range settings {
		if s.Name != serverSettings[i] || s.Value == "" {
			t.Errorf("setting %d is %v, want %s", i, s, serverSettings[i])
		}
	}
}

func openProbe(t *testing.T, url string) *Probe {
	t.Helper()
	p, err := OpenProbe(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func openMeter(t *testing.T, url string) *Meter {
	t.Helper()
	m, err := OpenMeter(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close(t.Context()) })
	return m
}
