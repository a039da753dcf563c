package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"bpnt/loadtest"
)

// metricsPage is the host:port of a gateway's admin page; empty for none.
type metricsPage string

// metrics are the figures on the page, by name and labels as they stand there.
type metrics map[string]float64

// pageBytesMax bounds what is read of a page: ours has about 60 kB.
const pageBytesMax = 8 << 20

func (p metricsPage) fetch(ctx context.Context) (metrics, error) {
	address := strings.TrimSuffix(strings.TrimPrefix(string(p), "http://"), "/")
	address = strings.TrimSuffix(address, "/metrics")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return nil, fmt.Errorf("--admin must be host:port: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("the admin page does not answer: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the admin page answers %s", response.Status)
	}
	return parseMetrics(io.LimitReader(response.Body, pageBytesMax))
}

// parseMetrics reads the text format: a name with its labels, a blank, a figure; comments begin with #.
func parseMetrics(r io.Reader) (metrics, error) {
	m := metrics{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		end := strings.LastIndexByte(line, ' ')
		if end < 0 || line[0] == '#' {
			continue
		}
		v, err := strconv.ParseFloat(line[end+1:], 64)
		if err != nil {
			return nil, fmt.Errorf("the admin page has a line that is no figure: %w", err)
		}
		m[line[:end]] = v
	}
	return m, lines.Err()
}

// since is how far each figure has risen.
func (m metrics) since(before metrics) metrics {
	moved := metrics{}
	for name, v := range m {
		moved[name] = v - before[name]
	}
	return moved
}

// attempts are the gateway's calls of the ledger that post batches.
func (m metrics) attempts() (sum float64) {
	for name, v := range m {
		if strings.HasPrefix(name, "bpnt_ledger_attempts_total{") {
			sum += v
		}
	}
	return sum
}

// stageOrder is the way of a message through the gateway.
var stageOrder = []string{"decode", "queue", "ledger", "encode", "write"}

// stages are the mean times of messages; none where the page has none.
func (m metrics) stages() (stages []loadtest.Stage) {
	for _, name := range stageOrder {
		label := fmt.Sprintf("{stage=%q}", name)
		count := m["bpnt_stage_seconds_count"+label]
		if count > 0 {
			mean := m["bpnt_stage_seconds_sum"+label] / count * 1000
			stages = append(stages, loadtest.Stage{Name: name, Mean: mean, Count: int64(count)})
		}
	}
	return stages
}
