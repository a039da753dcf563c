package loadtest

import "time"

// result is what a family at the counter saw of its purchase.
type result uint8

const (
	resultGood       result = iota // approved within the patience, counted from the intended time
	resultLate                     // approved, after longer than that
	resultDeclined                 // any answer but 00 and 91
	resultShed                     // 91: nothing was done
	resultUnanswered               // no answer
	results
)

var resultNames = [results]string{"good", "late", "declined", "shed", "unanswered"}

func resultOf(code [2]byte, waited, patience time.Duration) result {
	switch a := (answer{code: code}); {
	case code == [2]byte{}:
		return resultUnanswered
	case a.unavailable():
		return resultShed
	case !a.approved():
		return resultDeclined
	case waited > patience:
		return resultLate
	}
	return resultGood
}

// Results are purchases by what became of them.
type Results struct {
	Good       int64 `json:"good"`       // approved within the terminal's patience from the intended time
	Late       int64 `json:"late"`       // approved, after longer than that
	Declined   int64 `json:"declined"`   // any other answer but 91
	Shed       int64 `json:"shed"`       // 91: the host did nothing and says so
	Unanswered int64 `json:"unanswered"` // no answer: the terminal reverses
}

func newResults(n [results]int64) Results {
	return Results{n[resultGood], n[resultLate], n[resultDeclined], n[resultShed], n[resultUnanswered]}
}

// Approved are those that were answered 00, in time or not.
func (r Results) Approved() int64 { return r.Good + r.Late }
