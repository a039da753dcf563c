package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
)

// Bank is a bank of cards, of outlets, or of both.
type Bank struct {
	Number        int16  `json:"bank"` // clearing code
	Code          string `json:"code"`
	Name          string `json:"name"`
	Account       string `json:"account"`        // that its payouts come from; empty: its days cannot be closed
	AccountHolder string `json:"account_holder"` // empty: its name
}

// Banks lists all, by number.
func (l *Ledger) Banks(ctx context.Context) ([]Bank, error) {
	rows, err := l.pool.Query(ctx, `select id, code, name, coalesce(account, ''), coalesce(account_holder, '')
		from bpnt.bank order by id`)
	if err != nil {
		return nil, readError(err)
	}
	banks, err := pgx.AppendRows([]Bank{}, rows, pgx.RowToStructByPos[Bank])
	return banks, readError(err)
}

// SetBankAccount says from which account a bank pays outlets, from the next day that is closed on.
func (l *Ledger) SetBankAccount(ctx context.Context, code, account, holder string) error {
	if account == "" {
		return errors.New("the account is missing")
	}
	if err := checkAccount(account, holder); err != nil {
		return err
	}
	number, err := bankByCode(ctx, l.pool, code)
	if err != nil {
		return err
	}
	return l.inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update bpnt.bank set account = $2, account_holder = nullif($3, '') where id = $1`,
			number, account, holder)
		if err != nil {
			return err
		}
		return journal(ctx, tx, "bank set", fmt.Sprintf("bank %s: account %s", code, maskAccount(account)), "")
	})
}

// Limits of ISO 20022 for an account and its holder.
const (
	accountMax = 34
	holderMax  = 70
)

// checkAccount refuses an account that a payout file could not name; an empty one is none.
func checkAccount(account, holder string) error {
	odd := strings.ContainsFunc(account, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	})
	switch {
	case odd || len(account) > accountMax:
		return errors.New("an account is up to 34 letters and digits, without blanks or dashes")
	case holder != "" && account == "":
		return errors.New("an account holder needs an account")
	case utf8.RuneCountInString(holder) > holderMax:
		return fmt.Errorf("the account holder is longer than %d characters", holderMax)
	case holder != "":
		return checkText("the account holder", holder)
	}
	return nil
}

// maskAccount leaves the last four characters, for the journal.
func maskAccount(account string) string {
	if len(account) <= 4 {
		return account
	}
	return strings.Repeat("*", len(account)-4) + account[len(account)-4:]
}
