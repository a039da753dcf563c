package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// canaryWorld is books whose Postgres says more than any operator would have it say, a gateway, and a folder for all
// that programs leave behind. Everything lies in dir.
type canaryWorld struct {
	t        *testing.T
	dir      string
	evidence string   // output of every command, pages, dumps
	inputs   []string // files that hold secrets by their nature
	postgres *localpg.Server
	gateway  *exec.Cmd
	runs     int

	edc, listening, dialling, secured, admin, config string
	certificates                                     []string // a switch's flags
}

// talkative are the settings of a server that logs each statement with its parameters, each plan, and each row that it
// rejects: the gateway must not depend on what the operator of the database turned off.
func talkative() map[string]string {
	settings := map[string]string{
		"log_statement": "all", "log_min_duration_statement": "0", "log_min_messages": "debug1", "log_min_error_statement": "debug1",
		"log_error_verbosity": "verbose", "log_parameter_max_length": "-1", "log_parameter_max_length_on_error": "-1",
		"session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": "0",
		"auto_explain.log_nested_statements": "on", "auto_explain.log_verbose": "on",
	}
	maps.Copy(settings, localpg.TestSettings())
	return settings
}

func newCanaryWorld(t *testing.T) *canaryWorld {
	t.Helper()
	c := &canaryWorld{t: t, dir: pgtest.Folder(t), edc: freeAddress(t), listening: freeAddress(t), dialling: freeAddress(t)}
	c.secured, c.admin = freeAddress(t), freeAddress(t)
	c.evidence, c.config = filepath.Join(c.dir, "evidence"), filepath.Join(c.dir, "links.toml")
	for _, folder := range []string{c.evidence, c.in("")} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c.certificates = testCertificates(t, c.dir)
	writeSwitchLinks(t, c.config, c.listening, c.dialling, c.secured, c.dir)
	links, err := os.ReadFile(c.config)
	if err != nil {
		t.Fatal(err)
	}
	edc := fmt.Sprintf("[[link]]\nname = \"edc\"\nlisten = %q\n[link.dialect]\namount_decimals = 2\npan_pad = \"left\"\n", c.edc)
	if err := os.WriteFile(c.config, append([]byte(edc), links...), 0o644); err != nil {
		t.Fatal(err)
	}
	canaryProfile(t, c.in("edc.json"), c.edc)
	c.inputs = append(c.inputs, c.in("edc.json"))
	c.startPostgres()
	t.Cleanup(c.end)
	return c
}

func (c *canaryWorld) startPostgres() {
	c.t.Helper()
	config := localpg.Config{DataDir: filepath.Join(c.dir, "postgres"), Settings: talkative(), EndWithParent: true}
	server, err := localpg.Start(context.WithoutCancel(c.t.Context()), config)
	if err != nil {
		c.t.Fatal(err)
	}
	c.postgres = server
}

// end stops what a failed test left running.
func (c *canaryWorld) end() {
	if c.gateway != nil {
		_ = c.gateway.Process.Kill()
		_ = c.gateway.Wait()
	}
	_ = c.postgres.Stop(context.Background())
}

func (c *canaryWorld) in(name string) string { return filepath.Join(c.dir, "in", name) }

// input writes a file that holds secrets by its nature.
func (c *canaryWorld) input(name, text string) {
	c.t.Helper()
	if err := os.WriteFile(c.in(name), []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
	c.inputs = append(c.inputs, c.in(name))
}

// anyStatus is for commands of which only the output is of interest here.
const anyStatus = -1

// run runs a command of the program and keeps what it says. What is typed in goes to its standard input.
func (c *canaryWorld) run(stdin string, status int, args ...string) string {
	c.t.Helper()
	if args[0] == "ledger" {
		args = append(args, "--data-dir", c.dir)
	}
	r := bpnt(c.t, stdin, args...)
	if status != anyStatus && r.status != status {
		c.t.Errorf("bpnt %s: status %d, want %d:\n%s%s", strings.Join(args[:3], " "), r.status, status, r.out, r.err)
	}
	c.keep(fmt.Sprintf("%s-%s", args[0], args[1]), []byte(r.out+r.err))
	return r.out
}

// keep adds to the evidence.
func (c *canaryWorld) keep(name string, text []byte) {
	c.t.Helper()
	c.runs++
	name = strings.NewReplacer("/", "-", ":", "-").Replace(name)
	if err := os.WriteFile(filepath.Join(c.evidence, fmt.Sprintf("%03d-%s", c.runs, name)), text, 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// serve starts the gateway, whose log goes to a file, and waits until it is ready.
func (c *canaryWorld) serve(name string, flags ...string) {
	c.t.Helper()
	log, err := os.Create(filepath.Join(c.evidence, "gateway-"+name+".log"))
	if err != nil {
		c.t.Fatal(err)
	}
	defer log.Close()
	c.gateway = command(c.t.Context(), append([]string{
		"serve", "--data-dir", c.dir, "--config", c.config, "--admin", c.admin, "--log-level", "debug",
	}, flags...)...)
	c.gateway.Dir = c.evidence // where a core file would be
	c.gateway.Stdout, c.gateway.Stderr = log, log
	if err := c.gateway.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.await("the gateway to be ready", func() bool { return ready("http://" + c.admin + "/readyz") })
}

// await waits for a condition.
func (c *canaryWorld) await(what string, met func() bool) {
	c.t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !met() {
		select {
		case <-tick.C:
		case <-deadline.C:
			c.t.Fatalf("waiting for %s took too long", what)
		}
	}
}

// fetch keeps a page of the gateway.
func (c *canaryWorld) fetch(page string, status int) {
	c.t.Helper()
	response, err := http.Get("http://" + c.admin + "/" + page)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != status {
		c.t.Errorf("%s: status %d, want %d: %v", page, response.StatusCode, status, err)
	}
	c.keep("page-"+page, text)
}

// databaseAway kills Postgres while a family shops, and lets it come back.
func (c *canaryWorld) databaseAway() {
	c.t.Helper()
	if err := c.postgres.Kill(); err != nil {
		c.t.Fatal(err)
	}
	profile := c.in("edc.json")
	c.run("", anyStatus, "edc", "purchase", "--profile", profile, "--amount", "1100", "--timeout", "2s")
	c.run("", statusTrouble, "edc", "balance", "--profile", profile, "--timeout", "5s")
	c.fetch("readyz", http.StatusServiceUnavailable)
	c.startPostgres()
	c.await("the gateway to be ready again", func() bool { return ready("http://" + c.admin + "/readyz") })
	c.run("", anyStatus, "edc", "reverse", "--profile", profile)
}

// poisonedRow makes the database refuse a row, and quote it. The terminal's next sale bears the invoice 424242.
func (c *canaryWorld) poisonedRow() {
	c.t.Helper()
	c.sql(`alter table bpnt.message add constraint poison check (invoice not like '424242%') not valid`)
	c.send(c.purchase(cardTyped, 4242, "424242 "+cardTyped.pan))
	c.send(c.purchase(cardLong, 4243, "424242"))
	c.sql(`alter table bpnt.message drop constraint poison`)
	if log, err := os.ReadFile(filepath.Join(c.dir, "postgres", "postgres.log")); err != nil || !bytes.Contains(log, []byte(`Failing row contains`)) {
		c.t.Errorf("the database refused no row: %v", err)
	}
}

func (c *canaryWorld) sql(text string) {
	c.t.Helper()
	if _, err := c.postgres.Exec(c.t.Context(), databaseName, text); err != nil {
		c.t.Fatal(err)
	}
}

// dump keeps a dump of the whole server, and stops it, so that every page of its files is written.
func (c *canaryWorld) dump() {
	c.t.Helper()
	var out, trouble bytes.Buffer
	dump := c.postgres.Client(c.t.Context(), "pg_dumpall", "--dbname="+c.postgres.URL(databaseName))
	dump.Stdout, dump.Stderr = &out, &trouble
	if err := dump.Run(); err != nil || out.Len() < 10<<10 {
		c.t.Errorf("%v: %s", err, trouble.String())
	}
	c.keep("dump.sql", out.Bytes())
	if err := c.postgres.Stop(context.WithoutCancel(c.t.Context())); err != nil && !errors.Is(err, context.Canceled) {
		c.t.Error(err)
	}
}
