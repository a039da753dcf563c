package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"bpnt/gateway/pin"
	"bpnt/ledger"
	"bpnt/ledger/intake"
)

type importCmd struct {
	storage
	Kind     string `arg:"" enum:"regions,banks,families,cards,outlets,terminals" help:"What the file has: regions, banks, families, cards, outlets or terminals."`
	File     string `required:"" type:"path" placeholder:"FILE" help:"The file."`
	Cards    string `type:"path" placeholder:"FILE" help:"With families: a file of their cards, brought in together."`
	NewLinks bool   `help:"With terminals: enter links that the books do not know yet."`
	DryRun   bool   `help:"Only check, and say what would be added and changed."`
	JSON     bool   `help:"Print the reports as JSON."`
}

func (importCmd) Help() string {
	return `Adds what is new, changes what differs, and leaves what is the same: a run that was broken off is simply run again. If
any line has a fault, all faults are written to FILE.rejects.csv by line, and nothing is changed.

The first line of a file is bpnt,KIND,1,IDENTITY,LINES,0 and the second names the columns. An empty field (kind,
operator, status, programme, a family's bank, account) leaves what the books have.

  regions    region,name                                          3201,Bogor
  banks      bank,code,name                                       2,BRI,Bank Rakyat Indonesia
  families   family,name,region,bank                              7,Ibu Siti,3201,2
  cards      family,pan,expiry,status,programme                   7,9999120000000000,202912,active,
  outlets    mid,name,city,kind,region,bank,operator,status,account,account_holder
             OUTLET1,E-WARONG MAWAR,Bogor,kube_jasa,3201,2,7,active,0123456789,Siti Aminah
  terminals  link,tid,mid,status                                  edc,BGR00001,OUTLET1,active

A card is inactive, active, blocked, lost, stolen or replaced; an outlet registered, active, suspended or closed; a
terminal active or suspended. An expiry is the last good month, YYYYMM. A file with card numbers must be readable by
its owner alone (chmod 600). Cards come without a PIN: bpnt ledger card pin gives one. Families whose cards come with
them (--cards) cost the gateway one look-up a message less.

  printf '%s\n' bpnt,regions,1,REGIONS-1,1,0 region,name 3201,Bogor > regions.csv
  bpnt ledger import regions --file regions.csv
  bpnt ledger import families --file families.csv --cards cards.csv --dry-run`
}

func (c *importCmd) Run(ctx context.Context, s *streams) error {
	switch {
	case c.Cards != "" && c.Kind != "families":
		return usage("--cards goes with families; a file of cards alone is imported with: bpnt ledger import cards --file %s", c.Cards)
	case c.NewLinks && c.Kind != "terminals":
		return usage("--new-links goes with terminals")
	case c.Kind == "cards" || c.Cards != "":
		return c.withKeys(ctx, s, func(books *ledger.Ledger, keys *pin.Keystore) error { return c.bring(ctx, s, books, keys) })
	}
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error { return c.bring(ctx, s, books, nil) })
}

// bring opens the files, imports them and tells what came of it.
func (c *importCmd) bring(ctx context.Context, s *streams, books *ledger.Ledger, keys *pin.Keystore) (err error) {
	bars := phaseBars{s: s}
	files := make([]ledger.Import, 0, 2)
	for _, f := range c.files() {
		in, err := openImport(f.path, f.kind)
		if err != nil {
			return err
		}
		defer in.Close()
		rejects := intake.NewRejects(f.path + ".rejects.csv")
		defer func() { err = errors.Join(err, rejects.Close()) }()
		files = append(files, ledger.Import{
			Kind: f.kind, In: in, Rejects: rejects, DryRun: c.DryRun, NewLinks: c.NewLinks, Keys: keys,
			Progress: func(step string, rows int64) { bars.set(step, rows, unknownTotal) },
		})
	}
	reports, err := books.Import(ctx, files...)
	bars.end()
	if err != nil {
		return err
	}
	return c.tell(s, files, reports)
}

// importedFile is a file that the command line names.
type importedFile struct{ kind, path string }

func (c *importCmd) files() []importedFile {
	files := []importedFile{{c.Kind, c.File}}
	if c.Cards != "" {
		files = append(files, importedFile{"cards", c.Cards})
	}
	return files
}

// openImport opens a file. One with card numbers must be its owner's alone.
func openImport(path, kind string) (*os.File, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, usage("the file cannot be read: %w", err)
	}
	info, err := in.Stat()
	if err == nil && kind == "cards" && info.Mode().Perm()&0o077 != 0 {
		err = fmt.Errorf("it holds card numbers, and others may read it: chmod 600 %s", path)
	}
	if err != nil {
		return nil, usage("the file cannot be used: %w", errors.Join(err, in.Close()))
	}
	return in, nil
}

// tell prints the reports, or the first faults.
func (c *importCmd) tell(s *streams, files []ledger.Import, reports []ledger.ImportReport) error {
	var faults int64
	for _, r := range reports {
		faults += r.Faults
	}
	if c.JSON {
		if err := printJSON(s.out, reports); err != nil {
			return err
		}
	}
	if faults > 0 {
		return importFaults(s, files, faults)
	}
	for _, r := range reports {
		if !c.JSON {
			fmt.Fprintf(s.out, "%s, file %s: %s\n", r.Kind, r.File, importWords(r))
		}
	}
	return nil
}

func importWords(r ledger.ImportReport) string {
	text := "%d lines, %d added, %d changed, %d the same as before"
	if r.DryRun {
		text = "%d lines, %d would be added, %d changed, %d are the same as before"
	}
	return fmt.Sprintf(text, r.Lines, r.Added, r.Changed, r.Same)
}

func importFaults(s *streams, files []ledger.Import, faults int64) error {
	where := ""
	for _, f := range files {
		if f.Rejects.Count() == 0 {
			continue
		}
		where += " " + f.Rejects.Path()
		for _, fault := range f.Rejects.Examples() {
			s.say("%s, line %d: %s", f.Kind, fault.Line, fault.Reason)
		}
	}
	return fmt.Errorf("%d faults, nothing was changed: correct the lines that are listed in%s, and run it again", faults, where)
}
