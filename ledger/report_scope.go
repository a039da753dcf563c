package ledger

import "time"

// Defaults of scopes, given the business date of the moment.

// beginning is before any posting.
const beginning = "2000-01-01"

// onePeriod is the month of the moment, where no period is named.
func onePeriod(s *Scope, today time.Time) {
	if s.FromPeriod == 0 {
		s.FromPeriod = s.ToPeriod
	}
	if s.FromPeriod == 0 {
		s.FromPeriod = monthOf(today)
	}
	if s.ToPeriod == 0 {
		s.ToPeriod = s.FromPeriod
	}
	s.From, s.To = beginning, today.Format(time.DateOnly)
}

// thisYear is the months from January to that of the moment; the dates are theirs.
func thisYear(s *Scope, today time.Time) {
	if s.ToPeriod == 0 {
		s.ToPeriod = monthOf(today)
	}
	if s.FromPeriod == 0 {
		s.FromPeriod = s.ToPeriod/100*100 + 1
	}
	s.From = firstOf(s.FromPeriod).Format(time.DateOnly)
	s.To = firstOf(s.ToPeriod).AddDate(0, 1, -1).Format(time.DateOnly)
}

// thisMonth is the days of the moment's month so far.
func thisMonth(s *Scope, today time.Time) {
	if s.From == "" {
		s.From = firstOf(monthOf(today)).Format(time.DateOnly)
	}
	untilToday(s, today)
}

// allDays is everything so far.
func allDays(s *Scope, today time.Time) {
	if s.From == "" {
		s.From = beginning
	}
	untilToday(s, today)
}

// oneDay is the day of the moment, where none is named.
func oneDay(s *Scope, today time.Time) {
	if s.From == "" {
		s.From = today.Format(time.DateOnly)
	}
	s.To = s.From
	untilToday(s, today)
}

func untilToday(s *Scope, today time.Time) {
	if s.To == "" {
		s.To = today.Format(time.DateOnly)
	}
	s.FromPeriod, s.ToPeriod = monthOf(today), monthOf(today)
}

// monthOf writes a date's month as YYYYMM.
func monthOf(date time.Time) int32 { return int32(date.Year()*100 + int(date.Month())) }
