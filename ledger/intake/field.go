package intake

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Number reads a whole number that is not negative: digits only, no sign, no separator, no leading zero. Its errors, as
// all of this file, never repeat what stands in the field: in the wrong column it may be a card number.
func Number(s string) (int64, error) {
	switch {
	case s == "":
		return 0, errors.New("a number is missing")
	case strings.HasPrefix(s, "-"):
		return 0, errors.New("the number is negative")
	case strings.ContainsAny(s, ".,"):
		return 0, errors.New("the number has decimals or separators: write digits only")
	case strings.Trim(s, "0123456789") != "":
		return 0, errors.New("not a number: write digits only")
	case len(s) > 1 && s[0] == '0':
		return 0, errors.New("the number begins with a zero")
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, errors.New("the number is too large")
	}
	return n, nil
}

// Rupiah reads an amount in whole rupiah, greater than zero.
func Rupiah(s string) (int64, error) {
	n, err := Number(s)
	if err == nil && n == 0 {
		err = errors.New("the amount is zero")
	}
	if err != nil {
		return 0, fmt.Errorf("amount: %w", err)
	}
	return n, nil
}

// Period reads a month written YYYYMM.
func Period(s string) (int32, error) {
	n, err := Number(s)
	if err != nil || len(s) != 6 || n < 200001 || n%100 < 1 || n%100 > 12 {
		return 0, errors.New("the period is not a month written YYYYMM")
	}
	return int32(n), nil
}

// periodsMax is the most months that one credit covers.
const periodsMax = 12

// Periods reads a month, or a first and a last one joined by a dash, and lists the months in order.
func Periods(s string) ([]int32, error) {
	first, last, isRange := strings.Cut(s, "-")
	from, err := Period(first)
	if err != nil || !isRange {
		return []int32{from}, err
	}
	to, err := Period(last)
	switch {
	case err != nil:
		return nil, err
	case to < from:
		return nil, errors.New("the periods end before they begin")
	}
	var all []int32
	for month := from; month <= to; month = after(month) {
		if all = append(all, month); len(all) > periodsMax {
			return nil, fmt.Errorf("the periods are more than %d months", periodsMax)
		}
	}
	return all, nil
}

// after is the next month.
func after(period int32) int32 {
	if period%100 == 12 {
		return period + 89
	}
	return period + 1
}
