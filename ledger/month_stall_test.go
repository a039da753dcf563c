package ledger

// stall is an outlet's terminal with a memory of its own.
type stall struct {
	*bazaar
	tid, mid string
	link     int16
	alto     *alto // the switch on whose link it stands; nil for an EDC
	last     int32 // STAN
	number   int32 // of its batch (DE60)
	count    Totals
	journal  []UploadItem
	toVoid   *Request
}

func (s *stall) stan() int32 {
	s.last++
	return s.last
}

// sold takes the answer to a sale, or never hears it: then it is reversed at once, later, or not at all.
func (s *stall) sold(sale Request, r Result) {
	if s.happens(lostOf1000) {
		switch s.random.IntN(3) {
		case 0:
			s.reverse(sale)
		case 1:
			s.late = append(s.late, lateSale{s, sale})
		}
		return
	}
	if s.alto != nil {
		s.alto.totals.Debits.add(sale.Amount)
	}
	s.count.Sales++
	s.count.SalesAmount += sale.Amount
	s.journal = append(s.journal, UploadItem{
		Link: s.link, TID: s.tid, OriginalMTI: 200, OriginalSTAN: sale.STAN, RRN: r.RRN(), PAN: sale.PAN, Amount: sale.Amount,
	})
	if s.happens(voidOf1000) {
		sale.Original = ParseRRN(r.RRN())
		s.toVoid = &sale
	}
}

// reverse asks to undo a sale of which nothing is in the terminal's memory.
func (s *stall) reverse(sale Request) {
	s.want("reversal", s.post(undo(sale)), OutcomeReversed)
	if s.alto == nil {
		return
	}
	s.alto.totals.DebitReversals.add(sale.Amount)
}

// void cancels the sale that the operator was sorry for.
func (s *stall) void() {
	if s.toVoid == nil {
		return
	}
	void := s.redeem(s.toVoid.PAN, s.stan(), s.toVoid.Amount)
	void.Kind, void.ProcessingCode, void.Original, void.PINRequired, void.PINValue = KindVoid, 20_000, s.toVoid.Original, false, PINNone
	void.Link, void.TID, void.MID, void.Batch = s.link, s.tid, s.mid, s.number
	s.want("void", s.post(void), OutcomeApproved)
	s.count.Sales--
	s.count.SalesAmount -= void.Amount
	if s.alto != nil {
		s.alto.totals.Credits.add(void.Amount)
	}
	s.toVoid = nil
}

// settle ends the terminal's batch: its totals, and where they are refused the upload and the trailer.
func (s *stall) settle() {
	if s.alto != nil {
		return
	}
	claim := BatchClaim{Link: s.link, TID: s.tid, MID: s.mid, STAN: s.stan(), SentBatch: s.number, Totals: s.count}
	if s.happens(wrongOf1000) {
		claim.Totals.SalesAmount += 10_000
	}
	if answer := s.closeBatch(claim); answer.Outcome != OutcomeApproved {
		s.want("totals", Result{Outcome: answer.Outcome}, OutcomeTotalsDiffer)
		s.upload()
		claim.Trailer, claim.STAN = true, s.stan()
		s.want("trailer", Result{Outcome: s.closeBatch(claim).Outcome}, OutcomeApproved)
	}
	s.said += claim.Totals.Net()
	s.number++
	s.count, s.journal, s.toVoid = Totals{}, nil, nil
}

func (s *stall) upload() {
	for _, item := range s.journal {
		answer, err := s.gateway.at(s.now).Upload(s.t.Context(), item)
		s.must(0, err)
		s.want("upload", Result{Outcome: answer.Outcome}, OutcomeApproved)
	}
}

// alto is the switch with its own count of the day.
type alto struct {
	link   int16
	stan   int32
	totals SwitchTotals
}

func (s *Sum) add(amount int64) {
	s.Count++
	s.Amount += amount
}

// cutOver ends the switch's day and says what it had.
func (a *alto) cutOver(z *bazaar) {
	tomorrow := z.now.AddDate(0, 0, 1).Format("0102")
	outcome, err := z.gateway.at(z.now).CutOver(z.t.Context(), a.link, tomorrow)
	z.must(0, err)
	z.want("cut-over", Result{Outcome: outcome}, OutcomeApproved)
	t := &a.totals
	t.Net = t.Debits.Amount - t.DebitReversals.Amount - t.Credits.Amount + t.CreditReversals.Amount
	a.stan++
	_, err = z.gateway.at(z.now).Reconcile(z.t.Context(), SwitchClaim{Link: a.link, STAN: a.stan, Date: z.now.Format("0102"), Totals: *t})
	z.must(0, err)
	z.said += t.Net
	a.totals = SwitchTotals{}
}
