package iso

import "errors"

// AdditionalAmount is one of the amounts of DE54 (ISO 8583:1987): account type, amount type, currency, sign, amount.
type AdditionalAmount struct {
	AccountType string // digits 3 and 4 of DE3: 00 default, 10 savings, 60 e-money
	AmountType  string // 01 ledger balance, 02 available balance
	Currency    string // 360 is the rupiah
	Amount      int64  // in the link's minor units; negative is written with D
}

// Codes of DE54.
const (
	AmountTypeLedger    = "01"
	AmountTypeAvailable = "02"
	CurrencyRupiah      = "360"
)

const (
	additionalAmountBytes = 20
	additionalAmountsMax  = 6
)

var errAdditional = errors.New("DE54 is one to six amounts of 20 characters: account type, amount type, currency, C or D, 12 digits")

// FormatAdditional is DE54 of these amounts.
func FormatAdditional(amounts ...AdditionalAmount) (string, error) {
	var dst []byte
	for _, a := range amounts {
		if !a.valid() {
			return "", errAdditional
		}
		dst = a.append(dst)
	}
	if len(amounts) > additionalAmountsMax {
		return "", errAdditional
	}
	return string(dst), nil
}

// ParseAdditional reads DE54.
func ParseAdditional(text string) ([]AdditionalAmount, error) {
	if len(text)%additionalAmountBytes != 0 || len(text) > additionalAmountsMax*additionalAmountBytes {
		return nil, errAdditional
	}
	var amounts []AdditionalAmount
	for ; text != ""; text = text[additionalAmountBytes:] {
		a, ok := parseAdditional(text[:additionalAmountBytes])
		if !ok {
			return nil, errAdditional
		}
		amounts = append(amounts, a)
	}
	return amounts, nil
}

func parseAdditional(s string) (AdditionalAmount, bool) {
	a := AdditionalAmount{AccountType: s[0:2], AmountType: s[2:4], Currency: s[4:7]}
	if !decimal(s[0:7]) || !decimal(s[8:]) || s[7] != 'C' && s[7] != 'D' {
		return AdditionalAmount{}, false
	}
	for _, digit := range s[8:] {
		a.Amount = a.Amount*10 + int64(digit-'0')
	}
	if s[7] == 'D' {
		a.Amount = -a.Amount
	}
	return a, true
}

func (a AdditionalAmount) valid() bool {
	return len(a.AccountType) == 2 && len(a.AmountType) == 2 && len(a.Currency) == 3 &&
		decimal(a.AccountType+a.AmountType+a.Currency) && a.Amount > -pow10(12) && a.Amount < pow10(12)
}

// append appends the 20 characters of a valid amount.
func (a AdditionalAmount) append(dst []byte) []byte {
	sign, rest := byte('C'), a.Amount
	if rest < 0 {
		sign, rest = 'D', -rest
	}
	dst = append(dst, a.AccountType...)
	dst = append(dst, a.AmountType...)
	dst = append(dst, a.Currency...)
	return appendDigits(append(dst, sign), rest, 12)
}

// availableBalance is the balance of the account that digits 3 and 4 of DE3 name.
func availableBalance(processingCode string, minor int64) AdditionalAmount {
	return AdditionalAmount{
		AccountType: accountOf(processingCode), AmountType: AmountTypeAvailable, Currency: CurrencyRupiah, Amount: minor,
	}
}

// AccountDefault is the from-account of a message that names none.
const AccountDefault = "00"

// accountOf is digits 3 and 4 of DE3.
func accountOf(processingCode string) string {
	if len(processingCode) != 6 || !decimal(processingCode) {
		return AccountDefault
	}
	return processingCode[2:4]
}

func decimal(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
