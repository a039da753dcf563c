package loadtest

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// plot is a picture of curves over two axes, drawn as SVG. Colours are the page's classes, so that they follow light and
// dark; what a curve is called stands in the page's legend and in the picture's title, never in the plane, where it
// could cover something.
type plot struct {
	title  string
	x, y   axis
	curves []curve
	shades []shade
	hints  []hint
}

// The picture's box in its own units, which the page scales; the margins hold the axes' labels.
const (
	plotWidth, plotHeight = 640.0, 300.0
	plotLeft, plotRight   = 58.0, 14.0
	plotTop, plotBottom   = 12.0, 34.0
	plotFont              = 12.0
	plotGlyph             = 0.6 // of a font's size: about the widest mean of letters in the fonts of systems
)

// axis maps values to places. A logarithmic one begins above zero, and what is below its beginning is drawn there.
type axis struct {
	from, to float64
	log      bool
	ticks    []tick
	name     string
}

type tick struct {
	at    float64
	label string // empty for a line without label
}

// share is the place of a value on the axis, 0 to 1.
func (a axis) share(v float64) float64 {
	from, to := a.from, a.to
	if a.log {
		from, to, v = math.Log10(from), math.Log10(to), math.Log10(max(v, a.from))
	}
	if to == from {
		return 0
	}
	return min(max((v-from)/(to-from), 0), 1)
}

// curve is a line, or with area the plane between it and floor.
type curve struct {
	class  string
	points []point
	area   bool
	floor  []float64 // of an area, by point
}

type point struct{ x, y float64 }

// shade is a part of the x axis that means something, as the warm-up.
type shade struct {
	from, to float64
	label    string
}

// hint is what a browser shows over a part of the x axis.
type hint struct {
	from, to float64
	text     string
}

func (p plot) px(x float64) float64 {
	return plotLeft + p.x.share(x)*(plotWidth-plotLeft-plotRight)
}

func (p plot) py(y float64) float64 {
	return plotHeight - plotBottom - p.y.share(y)*(plotHeight-plotTop-plotBottom)
}

// svg draws the picture.
func (p plot) svg() template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s"><title>%[3]s</title>`,
		plotWidth, plotHeight, template.HTMLEscapeString(p.title))
	p.drawShades(&b)
	p.drawAxes(&b)
	for _, c := range p.curves {
		p.drawCurve(&b, c)
	}
	for _, h := range p.hints {
		left, right := p.px(h.from), p.px(h.to)
		fmt.Fprintf(&b, `<rect class="hint" x="%s" y="%g" width="%s" height="%g"><title>%s</title></rect>`,
			place(left), plotTop, place(right-left), plotHeight-plotTop-plotBottom, template.HTMLEscapeString(h.text))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // made here of numbers and escaped words
}

func (p plot) drawShades(b *strings.Builder) {
	for _, s := range p.shades {
		left, right := p.px(s.from), p.px(s.to)
		fmt.Fprintf(b, `<rect class="shade" x="%s" y="%g" width="%s" height="%g"><title>%s</title></rect>`,
			place(left), plotTop, place(right-left), plotHeight-plotTop-plotBottom, template.HTMLEscapeString(s.label))
	}
}

func (p plot) drawAxes(b *strings.Builder) {
	const bottom = plotHeight - plotBottom
	for _, t := range p.y.ticks {
		y := p.py(t.at)
		fmt.Fprintf(b, `<line class="grid" x1="%g" x2="%g" y1="%s" y2="%[3]s"/>`, plotLeft, plotWidth-plotRight, place(y))
		label(b, "end", plotLeft-6, y+plotFont/3, t.label)
	}
	for _, t := range p.x.ticks {
		x := p.px(t.at)
		fmt.Fprintf(b, `<line class="grid" x1="%s" x2="%[1]s" y1="%g" y2="%g"/>`, place(x), plotTop, bottom)
		label(b, "middle", min(x, plotWidth-textWidth(t.label)/2), bottom+plotFont+4, t.label)
	}
	fmt.Fprintf(b, `<line class="axis" x1="%g" x2="%g" y1="%g" y2="%[3]g"/>`, plotLeft, plotWidth-plotRight, bottom)
}

func label(b *strings.Builder, anchor string, x, y float64, text string) {
	if text != "" {
		fmt.Fprintf(b, `<text text-anchor="%s" x="%s" y="%s">%s</text>`, anchor, place(x), place(y), template.HTMLEscapeString(text))
	}
}

// textWidth is about what a label takes.
func textWidth(text string) float64 { return plotGlyph * plotFont * float64(len([]rune(text))) }

func (p plot) drawCurve(b *strings.Builder, c curve) {
	if len(c.points) == 0 {
		return
	}
	var path strings.Builder
	for i, q := range c.points {
		path.WriteString(move(i) + place(p.px(q.x)) + " " + place(p.py(q.y)))
	}
	if !c.area {
		fmt.Fprintf(b, `<path class="line %s" d="%s"/>`, c.class, path.String())
		return
	}
	for i := len(c.points) - 1; i >= 0; i-- {
		path.WriteString("L" + place(p.px(c.points[i].x)) + " " + place(p.py(c.floor[i])))
	}
	fmt.Fprintf(b, `<path class="area %s" d="%sZ"/>`, c.class, path.String())
}

func move(i int) string {
	if i == 0 {
		return "M"
	}
	return "L"
}

// place is a coordinate to a tenth: finer than a screen, and short.
func place(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }
