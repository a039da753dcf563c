package ledger

import (
	"errors"
	"testing"
)

func (b *books) terminalKeys() [4]string {
	b.t.Helper()
	t, err := b.gateway.Terminal(b.t.Context(), b.link, testTID)
	b.must(0, err)
	return [4]string{string(t.WrappedTPK), string(t.WrappedTAK), string(t.WrappedTPKBefore), string(t.WrappedTAKBefore)}
}

// TestTerminalKeysRotate: the key before stays good until the new one was used, also where the terminal logs on twice.
func TestTerminalKeysRotate(t *testing.T) {
	b := newBooks(t)
	l := b.gateway.at(b.now)
	steps := []struct {
		what string
		do   func() error
		want [4]string
	}{
		{"injected", func() error { return b.operator.LoadTerminalKey(t.Context(), "edc", testTID, []byte("p0"), "") }, [4]string{"p0"}},
		{"first", func() error { return l.SetTerminalKeys(t.Context(), b.link, testTID, []byte("p1"), []byte("a1")) }, [4]string{"p1", "a1", "p0"}},
		{"used", func() error { return l.ConfirmTerminalKeys(t.Context(), b.link, testTID, []byte("p1"), []byte("a1")) }, [4]string{"p1", "a1"}},
		{"second", func() error { return l.SetTerminalKeys(t.Context(), b.link, testTID, []byte("p2"), []byte("a2")) }, [4]string{"p2", "a2", "p1", "a1"}},
		{"a second logon", func() error { return l.SetTerminalKeys(t.Context(), b.link, testTID, []byte("p3"), nil) }, [4]string{"p2", "a2", "p1", "a1"}},
		{"late news of the first", func() error { return l.ConfirmTerminalKeys(t.Context(), b.link, testTID, []byte("p1"), []byte("a1")) }, [4]string{"p2", "a2", "p1", "a1"}},
		{"by hand", func() error { return b.operator.LoadTerminalKey(t.Context(), "edc", testTID, []byte("p4"), "") }, [4]string{"p4", "a2", "", "a1"}},
	}
	for _, step := range steps {
		b.must(0, step.do())
		if got := b.terminalKeys(); got != step.want {
			t.Errorf("%s: %q, want %q", step.what, got, step.want)
		}
	}
	b.must(0, b.operator.LoadTerminalMasterKey(t.Context(), "edc", testTID, []byte("m"), "test"))
	terminal, err := b.gateway.Terminal(t.Context(), b.link, testTID)
	b.must(0, err)
	if string(terminal.WrappedTMK) != "m" || terminal.KeysAt == nil || !terminal.KeysAt.Equal(b.now) {
		t.Errorf("%+v", terminal)
	}
	if err := l.SetTerminalKeys(t.Context(), b.link, "99999999", []byte("p"), nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("a stranger: %v", err)
	}
}

func TestLinkKeysRotate(t *testing.T) {
	b := newBooks(t)
	l := b.gateway.at(b.now)
	b.must(0, b.operator.LoadLinkKey(t.Context(), "edc", []byte("zone"), "test"))
	b.must(0, l.SetLinkKeys(t.Context(), b.link, []byte("p1"), []byte("a1")))
	b.must(0, l.SetLinkKeys(t.Context(), b.link, nil, []byte("a2")))
	b.must(0, l.SetLinkKeys(t.Context(), b.link, nil, []byte("a3")))
	k := b.day()
	if string(k.WrappedZMK) != "zone" || string(k.WrappedZPK) != "p1" || k.WrappedZPKBefore != nil ||
		string(k.WrappedZAK) != "a3" || string(k.WrappedZAKBefore) != "a1" || k.Day != 0 || k.BusinessDate != "" {
		t.Errorf("%+v", k)
	}
	b.must(0, l.ConfirmLinkKeys(t.Context(), b.link))
	if k := b.day(); k.WrappedZAKBefore != nil || string(k.WrappedZAK) != "a3" || !k.KeysAt.Equal(b.now) {
		t.Errorf("%+v", k)
	}
	if err := b.operator.LoadLinkKey(t.Context(), "none", []byte("zone"), "test"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := l.Link(t.Context(), 99); !errors.Is(err, ErrNotFound) {
		t.Errorf("a stranger: %v", err)
	}
	if all, err := b.operator.Links(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("%+v %v", all, err)
	}
}
