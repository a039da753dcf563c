//go:build ignore

// Generate writes the dashboards' JSON: go generate ./deploy.
package main

import (
	"log"

	"bpnt/deploy"
)

func main() {
	if err := deploy.WriteDashboards("grafana"); err != nil {
		log.Fatal(err)
	}
}
