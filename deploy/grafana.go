package deploy

import (
	"bytes"
	"encoding/json"
)

// The model is that of Grafana 10.1; later ones bring a dashboard up to date by themselves.
const (
	grafanaVersion = "10.1.0"
	schemaVersion  = 38
)

// object is a JSON object whose keys json sorts, so that the files are the same on every run.
type object = map[string]any

// JSON is the dashboard as Grafana imports it.
func (d Dashboard) JSON() ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(d.model())
	return text.Bytes(), err
}

func (d Dashboard) model() object {
	return object{
		"uid": d.UID, "title": d.Title, "description": d.About, "tags": []string{"bpnt"},
		"schemaVersion": schemaVersion, "version": 1, "id": nil, "editable": true, "graphTooltip": 1,
		"timezone": "browser", "refresh": "10s", "time": object{"from": d.Since, "to": "now"},
		"links":       d.links(),
		"templating":  object{"list": d.variables()},
		"annotations": object{"list": []object{alertMarks()}},
		"panels":      d.panels(),
	}
}

// source is the data source that the reader chose.
func source() object { return object{"type": "prometheus", "uid": "${datasource}"} }

// links lead to the other dashboards, at the same time and with the same choices.
func (d Dashboard) links() []object {
	return []object{{
		"title": "bpnt", "type": "dashboards", "tags": []string{"bpnt"}, "asDropdown": false, "includeVars": true,
		"keepTime": true, "targetBlank": false, "icon": "external link", "tooltip": "", "url": "",
	}}
}

// alertMarks draws a line through all graphs where an alert fired.
func alertMarks() object {
	return object{
		"name": "Alerts", "datasource": source(), "enable": true, "hide": false, "iconColor": "red",
		"expr": `ALERTS{alertname=~"Bpnt.*", severity=~"page|ticket", alertstate="firing"}`, "step": "60s",
		"titleFormat": "{{alertname}}", "tagKeys": "severity",
	}
}

func (d Dashboard) panels() []object {
	var all []object
	var at layout
	for _, row := range d.Rows {
		place := at.row()
		all = append(all, object{
			"id": at.number(), "type": "row", "title": row.Title, "collapsed": false, "gridPos": place, "panels": []object{},
		})
		for _, p := range row.Panels {
			place := at.panel(p)
			all = append(all, p.model(at.number(), place))
		}
	}
	return all
}

func (p Panel) model(id int, at place) object {
	m := object{"id": id, "type": p.Kind, "title": p.Title, "gridPos": at, "pluginVersion": grafanaVersion}
	if p.Kind == Text {
		m["options"] = object{"mode": "markdown", "content": p.About}
		return m
	}
	m["description"], m["datasource"] = p.About, source()
	m["targets"], m["options"], m["fieldConfig"] = p.targets(), p.options(), p.fields()
	if p.Kind == Table {
		m["transformations"] = p.transformations()
	}
	if p.Runbook != "" {
		m["links"] = []object{{"title": "What to do", "url": "${runbook}#" + p.Runbook, "targetBlank": true}}
	}
	return m
}

// instant tells whether the kind shows one moment.
func (p Panel) instant() bool { return p.Kind != TimeSeries }

func (p Panel) targets() []object {
	var all []object
	for i, q := range p.Queries {
		t := object{
			"refId": string(rune('A' + i)), "datasource": source(), "expr": q.Expr, "legendFormat": q.Legend,
			"instant": p.instant(), "range": !p.instant(), "editorMode": "code",
		}
		if p.Kind == Table {
			t["format"] = "table"
		}
		all = append(all, t)
	}
	return all
}

func (p Panel) fields() object {
	defaults := object{
		"unit": p.Unit, "color": object{"mode": "thresholds"}, "mappings": []object{},
		"thresholds": object{"mode": "absolute", "steps": p.steps()},
	}
	if p.Unit == Share {
		defaults["decimals"] = 2 // 99.94 % is another thing than 100 %
	}
	if p.Kind == TimeSeries {
		defaults["color"] = object{"mode": "palette-classic"}
		defaults["min"] = 0
		defaults["custom"] = p.lines()
	}
	return object{"defaults": defaults, "overrides": []object{}}
}

// steps are the limits; that of the beginning has no value.
func (p Panel) steps() []object {
	limits := p.Limits
	if len(limits) == 0 {
		limits = plain()
	}
	var all []object
	for i, l := range limits {
		step := object{"color": l.Color, "value": l.From}
		if i == 0 {
			step["value"] = nil
		}
		all = append(all, step)
	}
	return all
}

// lines is how a graph is drawn.
func (p Panel) lines() object {
	stacking, fill, limits := "none", 0, "off"
	if p.Stacked {
		stacking, fill = "normal", 30
	}
	if len(p.Limits) > 0 {
		limits = "dashed"
	}
	return object{
		"drawStyle": "line", "lineInterpolation": "linear", "lineWidth": 1, "fillOpacity": fill, "gradientMode": "none",
		"showPoints": "never", "pointSize": 5, "spanNulls": false, "insertNulls": false, "axisPlacement": "auto",
		"axisLabel": "", "axisColorMode": "text", "scaleDistribution": object{"type": "linear"},
		"stacking": object{"mode": stacking, "group": "A"}, "thresholdsStyle": object{"mode": limits},
		"hideFrom": object{"legend": false, "tooltip": false, "viz": false},
	}
}

func (p Panel) options() object {
	last := object{"calcs": []string{"lastNotNull"}, "fields": "", "values": false}
	switch p.Kind {
	case Stat:
		return object{
			"reduceOptions": last, "colorMode": "background", "graphMode": "none", "justifyMode": "auto",
			"orientation": "auto", "textMode": "auto",
		}
	case BarGauge:
		return object{
			"reduceOptions": last, "orientation": "horizontal", "displayMode": "gradient", "showUnfilled": true,
			"minVizWidth": 0, "minVizHeight": 10, "valueMode": "color",
		}
	case Table:
		return object{"showHeader": true, "cellHeight": "sm", "footer": object{"show": false}}
	}
	return object{"legend": p.legend(), "tooltip": object{"mode": "multi", "sort": "desc"}}
}

// legend stands beside a wide graph, with its figures, and below a narrow one.
func (p Panel) legend() object {
	l := object{"showLegend": true, "displayMode": "list", "placement": "bottom", "calcs": []string{}}
	if p.Width > columns/3 {
		l["displayMode"], l["placement"], l["calcs"] = "table", "right", []string{"lastNotNull", "max"}
	}
	return l
}

// transformations leave the labels as columns, and away what tells nothing.
func (p Panel) transformations() []object {
	hidden := object{"Time": true}
	for _, column := range p.Hide {
		hidden[column] = true
	}
	return []object{
		{"id": "merge", "options": object{}},
		{"id": "organize", "options": object{"excludeByName": hidden, "indexByName": object{}, "renameByName": object{}}},
	}
}
