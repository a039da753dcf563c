package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"bpnt/iso"
)

func main() {
	boundGarbage()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The second signal finds the default handler and ends the process at once.
	context.AfterFunc(ctx, stop)
	status := run(ctx, os.Args[1:], terminalStreams())
	stop()
	os.Exit(status)
}

// streams are where a command reads and writes.
type streams struct {
	in   *bufio.Reader
	out  io.Writer // answers
	err  io.Writer // progress and trouble
	tty  bool      // err is a terminal: lines may be redrawn
	fdIn int       // of in where it is a terminal, else -1
}

func terminalStreams() *streams {
	s := &streams{in: bufio.NewReader(os.Stdin), out: os.Stdout, err: os.Stderr, fdIn: -1}
	s.tty = term.IsTerminal(int(os.Stderr.Fd()))
	if fd := int(os.Stdin.Fd()); term.IsTerminal(fd) {
		s.fdIn = fd
	}
	return s
}

// say writes a line for people.
func (s *streams) say(format string, args ...any) { fmt.Fprintf(s.err, format+"\n", args...) }

// The exit statuses besides 0.
const (
	statusTrouble = 1
	statusUsage   = 2
	statusUnknown = 3
)

// failure is an error with an exit status of its own; a nil error has been told already.
type failure struct {
	status int
	err    error
}

func (f *failure) Error() string {
	if f.err == nil {
		return ""
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// usage is trouble with what was typed or with a file that was named.
func usage(format string, args ...any) error {
	return &failure{statusUsage, fmt.Errorf(format, args...)}
}

// helpShown ends a run in which kong printed a help page.
type helpShown struct{ status int }

// run parses and runs one command line and returns the exit status.
func run(ctx context.Context, args []string, s *streams) (status int) {
	defer func() {
		if shown, ok := recover().(helpShown); ok {
			status = shown.status
		}
	}()
	parser, err := newParser(s)
	if err != nil {
		return report(s, err)
	}
	command, err := parser.Parse(args)
	if err != nil {
		return report(s, usage("%s (bpnt --help lists what there is)", iso.MaskCards(err.Error(), iso.PAN{}))) // it quotes what was typed
	}
	command.BindTo(ctx, (*context.Context)(nil))
	return report(s, command.Run(s))
}

func newParser(s *streams) (*kong.Kong, error) {
	return kong.New(&cli{},
		kong.Name("bpnt"),
		kong.Description("A gateway for BPNT food aid: ISO 8583 in, one debit, an answer out."),
		kong.Writers(s.out, s.err),
		kong.Exit(func(status int) { panic(helpShown{status}) }),
		kong.DefaultEnvars("BPNT"),
		kong.PostBuild(func(k *kong.Kong) error { return onlyPlacesFromEnvironment(k.Model.Node) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.ShortUsageOnError(),
	)
}

// environment is what an operator's command may take from the environment: where the books are, and who is at work.
// What moves money or is noted for ever has to be typed: a variable left over from another command must not pay anybody.
var environment = []string{"database-url", "data-dir", "keys", "by"}

// onlyPlacesFromEnvironment takes the variables of all other flags away from the commands below "ledger", but for the
// synthetic area's, whose size other commands share.
func onlyPlacesFromEnvironment(root *kong.Node) error {
	return kong.Visit(root, func(node kong.Visitable, next kong.Next) error {
		if n, ok := node.(*kong.Node); ok && strings.HasPrefix(n.FullPath(), "bpnt ledger") && n.Name != "seed" {
			for _, flag := range n.Flags {
				if !slices.Contains(environment, flag.Name) {
					flag.Envs, flag.Value.Tag.Envs = nil, nil
				}
			}
		}
		return next(nil)
	})
}

// report prints trouble as one paragraph and names the exit status.
func report(s *streams, err error) int {
	if err == nil {
		return 0
	}
	status := statusTrouble
	var f *failure
	if errors.As(err, &f) {
		status = f.status
	}
	if text := strings.TrimSpace(err.Error()); text != "" {
		s.say("bpnt: %s", text)
	}
	return status
}
