package deploy_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"
)

// watcher asks a Prometheus as Grafana does.
type watcher struct {
	t   *testing.T
	url string
}

// series is one line of an answer.
type series struct {
	Labels map[string]string `json:"metric"`
	Value  sample            `json:"value"`  // of a moment
	Values []sample          `json:"values"` // of a time
}

// sample is [time, "value"].
type sample struct{ value float64 }

// UnmarshalJSON reads a pair.
func (s *sample) UnmarshalJSON(text []byte) error {
	var pair [2]any
	if err := json.Unmarshal(text, &pair); err != nil {
		return err
	}
	v, err := strconv.ParseFloat(fmt.Sprint(pair[1]), 64)
	s.value = v
	return err
}

// figures are all values, but for those that are none.
func (s series) figures() (all []float64) {
	values := s.Values
	if values == nil {
		values = []sample{s.Value}
	}
	for _, v := range values {
		if !math.IsNaN(v.value) {
			all = append(all, v.value)
		}
	}
	return all
}

// shown is how far back graphs look in the test.
const shown = 20 * time.Second

// moment evaluates a query now, span over the time shown.
func (w *watcher) moment(expr string) ([]series, error) {
	return w.query("/api/v1/query", url.Values{"query": {expr}})
}

func (w *watcher) span(expr string) ([]series, error) {
	now := time.Now()
	at := func(t time.Time) string { return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64) }
	return w.query("/api/v1/query_range", url.Values{
		"query": {expr}, "start": {at(now.Add(-shown))}, "end": {at(now)}, "step": {"1"},
	})
}

func (w *watcher) query(path string, values url.Values) ([]series, error) {
	var data struct {
		ResultType string
		Result     json.RawMessage
	}
	if err := w.ask(path, values, &data); err != nil {
		return nil, err
	}
	if data.ResultType == "scalar" {
		var s series
		err := json.Unmarshal(data.Result, &s.Value)
		return []series{s}, err
	}
	var all []series
	err := json.Unmarshal(data.Result, &all)
	return all, err
}

// ask calls the API and unwraps its answer.
func (w *watcher) ask(path string, values url.Values, data any) error {
	answer, err := http.Get(w.url + path + "?" + values.Encode())
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	var wrapped struct {
		Status, Error string
		Data          json.RawMessage
	}
	if err := json.NewDecoder(answer.Body).Decode(&wrapped); err != nil {
		return err
	}
	if wrapped.Status != "success" {
		return fmt.Errorf("%s", wrapped.Error)
	}
	return json.Unmarshal(wrapped.Data, data)
}
