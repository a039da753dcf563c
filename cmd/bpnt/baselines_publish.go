package main

import (
	"errors"
	"fmt"
	"io"
)

// publish prints the result, writes the page where one is wanted, and fails where the books are not right.
func (c *baselinesCmd) publish(s *streams, r *baselineResult) error {
	var err error
	if c.JSON {
		err = printJSON(s.out, r)
	} else {
		err = r.write(s.out)
	}
	err = errors.Join(err, writePage(c.Report, r.writeHTML))
	if err == nil && r.Proof != nil {
		err = r.Proof.verdict()
	}
	return err
}

// write prints the table for people.
func (r *baselineResult) write(w io.Writer) error {
	for _, codec := range []bool{false, true} {
		if sides, lines := r.cells(codec); lines != nil {
			grid(w, sides, lines)
			fmt.Fprintln(w)
		}
	}
	fmt.Fprintln(w, legend)
	if r.Proof == nil {
		return nil
	}
	return r.Proof.write(w)
}

const legend = `Processor times (user and system), WAL, disk and round trips (trips) are for one redemption, read and write calls of the
gateway for one message. "computed" is what the processors would reach with gateway and Postgres alone on them: their number by
the sum of both times. WAL holds whole pages for a while after a checkpoint.`

// writeHTML writes the page.
func (r *baselineResult) writeHTML(w io.Writer) error { return baselinePage.Execute(w, r) }
