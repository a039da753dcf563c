package deploy

// The grid of Grafana: 24 columns, and rows of 30 pixels.
const (
	columns   = 24
	rowHeight = 1
)

// heights of the kinds, in rows of the grid.
var heights = map[Kind]int{Stat: 4, TimeSeries: 8, BarGauge: 8, Table: 8, Text: 3}

// place is where something stands on the page.
type place struct {
	H int `json:"h"`
	W int `json:"w"`
	X int `json:"x"`
	Y int `json:"y"`
}

// layout puts the panels side by side until a line is full. Lines are as high as their highest panel.
type layout struct {
	x, y, line int
	numbers    int // given out so far
}

func (l *layout) number() int {
	l.numbers++
	return l.numbers
}

// row begins a new line over the whole width.
func (l *layout) row() place {
	l.feed()
	at := place{rowHeight, columns, 0, l.y}
	l.y += rowHeight
	return at
}

func (l *layout) panel(p Panel) place {
	if l.x+p.Width > columns {
		l.feed()
	}
	at := place{heights[p.Kind], p.Width, l.x, l.y}
	l.x += p.Width
	l.line = max(l.line, at.H)
	return at
}

// feed ends the line, where one was begun.
func (l *layout) feed() {
	l.y += l.line
	l.x, l.line = 0, 0
}
