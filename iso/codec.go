package iso

// Codec turns bytes into messages and back for one link. It is immutable and safe for concurrent use.
type Codec struct {
	dialect Dialect
	layout  *layout
	framing Framing
	scale   int64 // minor units in a rupiah
}

// NewCodec checks the dialect and compiles the message spec for it. Everything that could be wrong with a spec is
// found here; later calls do not panic, whatever bytes they get.
func NewCodec(d Dialect) (*Codec, error) {
	if err := d.validate(); err != nil {
		return nil, err
	}
	l, err := compile(messageSpec(d), d.opening())
	if err != nil {
		return nil, err
	}
	return &Codec{dialect: d, layout: l, framing: d.Framing(), scale: d.scale()}, nil
}

// Dialect is what the codec was made with.
func (c *Codec) Dialect() Dialect { return c.dialect }

// switched tells whether the link is a switch's.
func (c *Codec) switched() bool { return c.layout.opening.ascii }
