package main

type edcSettleCmd struct {
	edcFlags
	Lose   int  `default:"0" help:"Leave the newest so many out of the totals and of the upload, as a terminal that lost them, to see a 95."`
	ByHand bool `name:"by-hand" help:"After a 95 stop, and leave the upload to bpnt edc upload."`
}

func (edcSettleCmd) Help() string {
	return `Sends 0500 with the totals of the open batch. After 00 the batch is closed. After 95 the host's totals differ: each sale of
the batch is uploaded (0320), and the trailer (0500 960000) closes the batch with the host's totals; the difference is on
the bank's list of exceptions. What got no answer goes on where it stopped when the command is run again. The exit status
is 0 when the batch is closed, 1 when refused, 3 when no answer came.

  bpnt edc settle
  bpnt edc settle --lose 1
  bpnt edc settle --lose 1 --by-hand`
}

func (c *edcSettleCmd) Run(s *streams) error {
	if c.Lose < 0 {
		return usage("--lose must be a number of sales, from 0")
	}
	return c.withTerminal(s, func(t *edcTerminal) error { return t.settle(c.Lose, c.ByHand) })
}

type edcUploadCmd struct{ edcFlags }

func (edcUploadCmd) Help() string {
	return `Sends what the batch holds, one by one, and the trailer, after bpnt edc settle was answered 95 and stopped there. It goes on
with the first sale that the host has not answered.

  bpnt edc upload`
}

func (c *edcUploadCmd) Run(s *streams) error { return c.withTerminal(s, (*edcTerminal).upload) }
