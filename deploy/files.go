package deploy

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"path/filepath"
)

//go:embed prometheus/prometheus.yml prometheus/recording.yml prometheus/alerts.yml
var files embed.FS

// What prometheus.yml says of the one gateway that it scrapes.
const (
	exampleTarget   = "127.0.0.1:9583"
	exampleInterval = "10s"
)

// WritePrometheus writes the configuration and its rules into a folder, for the gateway whose admin page is at target
// (host:port) and with another interval, as in 2s, of scrapes and rules. It returns the path of the configuration.
func WritePrometheus(dir, target, interval string) (string, error) {
	if err := copyRules(dir); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "prometheus.yml")
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	for _, change := range [][2]string{
		{exampleTarget, target},
		{"scrape_interval: " + exampleInterval, "scrape_interval: " + interval},
		{"evaluation_interval: " + exampleInterval, "evaluation_interval: " + interval},
	} {
		if !bytes.Contains(text, []byte(change[0])) {
			return "", fmt.Errorf("prometheus.yml does not say %q", change[0])
		}
		text = bytes.ReplaceAll(text, []byte(change[0]), []byte(change[1]))
	}
	return path, os.WriteFile(path, text, 0o644)
}

func copyRules(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	all, err := files.ReadDir("prometheus")
	if err != nil {
		return err
	}
	for _, f := range all {
		text, err := files.ReadFile("prometheus/" + f.Name())
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name()), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// WriteDashboards writes the dashboards' JSON into a folder, each under its UID.
func WriteDashboards(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, d := range Dashboards() {
		text, err := d.JSON()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, d.UID+".json"), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
