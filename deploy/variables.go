package deploy

// The address of the runbook: set it once to where your people read docs/operations.md.
const runbook = "docs/operations.md"

// variables are what the reader chooses at the top of the page.
func (d Dashboard) variables() []object {
	all := []object{
		{
			"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "regex": "", "refresh": 1,
			"hide": 0, "includeAll": false, "multi": false, "current": object{}, "options": []object{},
		},
		choice("instance", "Gateway", `label_values(bpnt_connections, instance)`),
		choice("link", "Link", `label_values(bpnt_link_connections{instance=~"$instance"}, link)`),
	}
	if d.Compare {
		all = append(all, listed("before", "Compare with", "1w", "1d", "30d", "31d"))
	}
	return append(all, object{
		"name": "runbook", "label": "Runbook", "type": "textbox", "query": runbook, "hide": 2,
		"current": object{"text": runbook, "value": runbook},
		"options": []object{{"text": runbook, "value": runbook, "selected": true}},
	})
}

// choice is one or more of what Prometheus knows.
func choice(name, label, query string) object {
	return object{
		"name": name, "label": label, "type": "query", "datasource": source(), "definition": query,
		"query":   object{"query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
		"refresh": 2, "sort": 1, "hide": 0, "regex": "", "includeAll": true, "multi": true, "options": []object{},
		"current": object{"selected": true, "text": []string{"All"}, "value": []string{"$__all"}},
	}
}

// listed is one of a few; the first is taken where nobody chose.
func listed(name, label string, values ...string) object {
	var options []object
	text := ""
	for i, v := range values {
		options = append(options, object{"text": v, "value": v, "selected": i == 0})
		if i > 0 {
			text += ","
		}
		text += v
	}
	return object{
		"name": name, "label": label, "type": "custom", "query": text, "hide": 0, "includeAll": false, "multi": false,
		"current": options[0], "options": options,
	}
}
