package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "bpnt-test-")
	if err != nil {
		panic(err)
	}
	status := buildAndRun(m, dir)
	os.RemoveAll(dir)
	os.Exit(status)
}

func buildAndRun(m *testing.M, dir string) int {
	binary = filepath.Join(dir, "bpnt")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s\n%v\n", out, err)
		return 1
	}
	return m.Run()
}

// result is what one run of the binary left.
type result struct {
	status   int
	out, err string
}

func command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = nil
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "BPNT_") || strings.HasPrefix(v, "BPNT_POSTGRES_BIN") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	return cmd
}

// bpnt runs the binary with stdin and waits for it.
func bpnt(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var out, trouble bytes.Buffer
	cmd := command(t.Context(), args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &trouble
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), trouble.String()}
}

// TestBadInput: one sentence that says what to do, an exit status, no stack, and never a panic.
func TestBadInput(t *testing.T) {
	empty := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(empty, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	open := file("open.json", "{}", 0o644)
	notJSON := file("not.json", "nonsense 9999120000000004", 0o600)
	noTID := file("tid.json", `{"addr":"127.0.0.1:1","tid":"7","first_stan":1}`, 0o600)
	badLinks := file("links.toml", "[[link]]\nname = \"edc\"\ncolour = \"red\"\n", 0o644)
	for _, tt := range []struct {
		args   string
		status int
		says   string
	}{
		{"", 2, "--help"},
		{"nonsense", 2, "nonsense"},
		{"serve --nonsense", 2, "--nonsense"},
		{"demo --families 0", 2, "--families must be at least 1"},
		{"demo --families 3 --outlets 5", 2, "every terminal needs a family"},
		{"demo --duration 0s", 2, "duration must be longer"},
		{"demo --batch-max=-1", 2, "--batch-max"},
		{"demo --data-dir " + open, 1, "not a directory"},
		{"serve --config /nowhere", 2, "cannot be read"},
		{"serve --config " + badLinks, 2, "colour"},
		{"serve --data-dir " + empty, 2, "bpnt ledger migrate makes one"},
		{"ledger audit --data-dir " + empty, 2, "there are no books"},
		{"ledger audit --database-url nonsense://x", 1, "postgres://"},
		{"ledger audit --database-url postgres://127.0.0.1:1/x", 1, "the database does not answer"},
		{"ledger migrate --database-url postgres://127.0.0.1:1/x --keys " + empty + "/made/keys", 1, "the database does not answer"},
		{"ledger disburse --amount=-5 --data-dir " + empty, 2, "--amount must be"},
		{"ledger seed --outlets 100000 --data-dir " + empty, 2, "--outlets"},
		{"ledger family show 7 --movements 0", 2, "--movements"},
		{"ledger card add --family 7 --data-dir " + empty + "/none", 2, "keystore"},
		{"ledger terminal add --tid 12345678 --mid 1 --data-dir " + empty + "/none", 2, "keystore"},
		{"edc logon --profile /nowhere", 2, "there is no terminal profile"},
		{"edc logon --profile " + open, 2, "chmod 600"},
		{"edc logon --profile " + notJSON, 2, "not a terminal profile"},
		{"edc logon --profile " + noTID, 2, "a tid of 8 characters"},
		{"edc purchase", 2, "--amount"},
		{"edc purchase --amount=-1", 2, "--amount must be whole rupiah"},
		{"edc purchase --amount 0", 2, "--amount must be whole rupiah, from 1"},
		{"edc cash --amount 0", 2, "--amount must be whole rupiah, from 1"},
		{"edc cash --amount 1 --account 1", 2, "--account must be two digits"},
		{"edc balance --account xy", 2, "--account must be two digits"},
		{"edc purchase --amount 1 --card=-1", 2, "--card must be"},
		{"edc logon --timeout 0s", 2, "--timeout"},
		{"edc void --profile /nowhere", 2, "there is no terminal profile"},
		{"edc refund --rrn 12 --amount 1", 2, "--rrn must be the 12 digits"},
		{"edc refund --rrn 000000000012", 2, "--rrn needs --amount"},
		{"edc refund --rrn 000000000012 --trace 5 --amount 1", 2, "not both"},
		{"edc advice --amount 0", 2, "--amount must be whole rupiah"},
		{"edc advice --repeat --amount 5", 2, "leave --amount out"},
		{"edc settle --lose=-1", 2, "--lose must be"},
		{"edc day --lose 2", 2, "--lose 0 or 1"},
		{"switch", 2, "--connect"},
		{"switch --connect 127.0.0.1:1 --listen 127.0.0.1:2", 2, "or --listen"},
		{"switch --connect 127.0.0.1:1 --redemptions 1", 2, "--reversals and --advices together"},
		{"switch --connect 127.0.0.1:1 --amount 0", 2, "--amount must be whole rupiah"},
		{"switch --connect 127.0.0.1:1 --tid 123456789", 2, "--tid must be 1 to --tid-length"},
		{"switch --connect 127.0.0.1:1 --tid-length 12", 2, "tid_length must be 8 or 16"},
		{"switch --connect 127.0.0.1:1 --acquirer BNI", 2, "--acquirer must be"},
		{"switch --connect 127.0.0.1:1 --mac", 2, "--zmk-file or --read-zmk"},
		{"switch --connect 127.0.0.1:1 --zmk-file /nowhere --state " + empty + "/s", 2, "cannot be read"},
		{"switch --connect 127.0.0.1:1 --zmk-file " + notJSON + " --state " + empty + "/s", 2, "must be 32 or 48 hex digits"},
		{"switch --connect 127.0.0.1:1 --time-zone Mars", 2, "--time-zone"},
		{"switch --connect 127.0.0.1:1 --date 22-11-2018", 2, "a date as 2018-11-22"},
		{"switch --connect 127.0.0.1:1 --ca /nowhere --state " + empty + "/s", 2, "cannot be read"},
		{"switch --connect 127.0.0.1:1 --cert a.pem", 2, "--cert and --key together"},
		{"switch --connect 127.0.0.1:1 --state " + notJSON, 2, "is damaged"},
		{"switch --connect 127.0.0.1:1 --state " + empty + "/s", 1, "no gateway answers"},
		{"switch --listen 127.0.0.1:0 --timeout 100ms --state " + empty + "/s", 1, "no gateway connected"},
		{"loadtest --rate=-1", 2, "rate must be"},
		{"loadtest --play 300", 2, "--play must be"},
		{"loadtest --terminals 7", 2, "--terminals must be"},
		{"loadtest --arrivals poisson", 2, "the rate must be above 0"},
		{"loadtest --arrivals square --rate 5", 2, "--arrivals must be one of"},
		{"loadtest --workload month --rate 5", 2, "no arrivals and no rate"},
		{"loadtest --workload duplicates --voids 0.1", 2, "neither reversals nor voids"},
		{"loadtest --idle 2", 2, "share of idle terminals"},
		{"loadtest --families 400 --lines 3 --addr 127.0.0.1:1", 1, "4 lines are enough"},
		{"loadtest --workload wild", 2, "--workload must be one of"},
		{"loadtest --compare=-1", 2, "--compare must be"},
		{"loadtest --voids 2", 2, "share of voids"},
		{"loadtest --duration 1s --warmup 0s --families 4 --outlets 2 --addr 127.0.0.1:1", 1, "no terminal could connect"},
		{"loadtest --decimals 7 --families 4 --outlets 2", 1, "amount_decimals must be 0 or 2"},
		{"decode zz", 2, "not hex"},
		{"decode 00", 2, "bytes"},
		{"decode --file /nowhere", 2, "cannot be read"},
		{"decode 00 --file /nowhere", 2, "not both"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			r := bpnt(t, "", strings.Fields(tt.args)...)
			if r.status != tt.status || !strings.Contains(r.err, tt.says) {
				t.Errorf("status %d, want %d; stderr should say %q:\n%s", r.status, tt.status, tt.says, r.err)
			}
			for _, never := range []string{"panic", "goroutine", ".go:", "9999120000000004"} {
				if strings.Contains(r.err+r.out, never) {
					t.Errorf("the output has %q:\n%s", never, r.err)
				}
			}
		})
	}
}

// TestHelp: every command explains itself with an example.
func TestHelp(t *testing.T) {
	for _, args := range []string{
		"demo", "serve", "decode", "loadtest", "loadtest chaos", "edc logon", "edc balance", "edc purchase", "edc cash", "edc reverse",
		"edc day", "edc void", "edc refund", "edc advice", "edc settle", "edc upload", "edc journal", "switch",
		"ledger migrate", "ledger seed", "ledger disburse", "ledger audit", "ledger size", "ledger terminal add",
		"ledger terminal reset", "ledger outlet add", "ledger card add", "ledger card show", "ledger family show",
	} {
		r := bpnt(t, "", append(strings.Fields(args), "--help")...)
		if r.status != 0 || !strings.Contains(r.out, "  bpnt "+args) && !strings.Contains(r.out, "| bpnt "+args) {
			t.Errorf("bpnt %s --help: status %d, without an example", args, r.status)
		}
	}
}

// TestFlagsFromEnvironment: --addr may come from BPNT_ADDR.
func TestFlagsFromEnvironment(t *testing.T) {
	cmd := command(t.Context(), "loadtest", "--duration", "1s", "--warmup", "0s", "--families", "4", "--outlets", "2")
	cmd.Env = append(cmd.Env, "BPNT_ADDR=127.0.0.1:2")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "no terminal could connect to 127.0.0.1:2") {
		t.Errorf("%v: %s", err, out)
	}
}
