package deploy

//go:generate go run generate.go

// Dashboard is one page of Grafana.
type Dashboard struct {
	UID   string // also the name of its file
	Title string
	About string
	Since string // what it shows first, as in now-3h
	// Compare adds the variable $before: how far back the figures lie that today's are held against.
	Compare bool
	Rows    []Row
}

// Dashboards are all of them, in the order in which people need them.
func Dashboards() []Dashboard { return []Dashboard{overview, wire, day} }

// Row is a headline and the panels below it, from left to right and then down.
type Row struct {
	Title  string
	Panels []Panel
}

// Kind is a panel type that every Grafana has.
type Kind string

// The kinds of panels.
const (
	Stat       Kind = "stat"       // one figure now, coloured by its limits
	TimeSeries Kind = "timeseries" // figures over time, the limits as lines
	BarGauge   Kind = "bargauge"   // what there was over the whole time shown, as bars
	Table      Kind = "table"      // one line for each series, now
	Text       Kind = "text"       // words
)

// Panel is one question and its answer.
type Panel struct {
	Kind    Kind
	Title   string
	About   string // what it shows, and what to do when it looks bad; of a Text the words themselves, in Markdown
	Runbook string // the anchor of its entry in docs/operations.md
	Width   int    // of 24 columns
	Unit    Unit
	Stacked bool // areas on top of one another: their sum means something
	Queries []Query
	Limits  []Limit
	Hide    []string // columns of a Table that tell nothing
}

// Unit is how Grafana writes a figure.
type Unit string

// The units in use.
const (
	Number    Unit = "short"
	Count     Unit = "locale" // in full, with separators
	PerSecond Unit = "cps"
	Share     Unit = "percentunit" // 0 to 1
	Seconds   Unit = "s"
	Duration  Unit = "dtdurations"
	Bytes     Unit = "bytes"
	Rupiah    Unit = "currencyIDR"
	None      Unit = "none"
)

// Query is PromQL and the name of its series.
type Query struct {
	Legend string
	Expr   string
}

// Limit colours a figure from a value on. The first of a list is where everything begins and needs no value.
type Limit struct {
	From  float64
	Color Color
}

// Color is one that Grafana knows by name.
type Color string

// The colours: all is well, look when you have time, look now; and a figure that is neither good nor bad.
const (
	Green  Color = "green"
	Orange Color = "orange"
	Red    Color = "red"
	Blue   Color = "blue"
)

// atLeast is green from a value on, orange below it and red below the other.
func atLeast(good, bearable float64) []Limit {
	return []Limit{{Color: Red}, {bearable, Orange}, {good, Green}}
}

// below is green up to a value, then orange, and red from the other on.
func below(good, bearable float64) []Limit {
	return []Limit{{Color: Green}, {good, Orange}, {bearable, Red}}
}

// plain is a figure that is neither good nor bad.
func plain() []Limit { return []Limit{{Color: Blue}} }
