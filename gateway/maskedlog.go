package gateway

import (
	"context"
	"log/slog"

	"bpnt/iso"
)

// maskedLog masks what could be a card number in any text that a line is given. The names by which a peer calls itself
// may be one: DE41 of a switch has room for it.
type maskedLog struct{ slog.Handler }

func (m maskedLog) Handle(ctx context.Context, line slog.Record) error {
	masked := slog.NewRecord(line.Time, line.Level, line.Message, line.PC)
	line.Attrs(func(a slog.Attr) bool {
		masked.AddAttrs(maskedAttr(a))
		return true
	})
	return m.Handler.Handle(ctx, masked)
}

func (m maskedLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	masked := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		masked[i] = maskedAttr(a)
	}
	return maskedLog{m.Handler.WithAttrs(masked)}
}

func (m maskedLog) WithGroup(name string) slog.Handler { return maskedLog{m.Handler.WithGroup(name)} }

func maskedAttr(a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindString {
		a.Value = slog.StringValue(iso.MaskCards(a.Value.String(), iso.PAN{}))
	}
	return a
}
