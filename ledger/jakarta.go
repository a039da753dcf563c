package ledger

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
)

// Jakarta's size in April 2018: the KPM and the e-Warong that the Dinsos of DKI counted (DOMAIN 0, text B).
const (
	JakartaFamilies = 212_948
	JakartaOutlets  = 253
)

// Jakarta is a synthetic programme area of Jakarta's size: families with one card each, outlets with one terminal
// each or more. Everything in it is a pure function of the seed, so that a load test can play the terminals without asking the
// ledger. None of it can be real: the PANs begin with 9999, the issuer range of ISO/IEC 7812's major industry 9 with
// the user-assigned country code 999, which no country holds; the terminal keys are as public as the seed.
type Jakarta struct {
	Seed     uint64
	Families int
	Outlets  int
	// Terminals is how many there are, at least one an outlet; 0 for one at each. Terminal k stands at outlet k modulo Outlets.
	Terminals int
}

// NewJakarta is Jakarta at its real size.
func NewJakarta(seed uint64) Jakarta {
	return Jakarta{Seed: seed, Families: JakartaFamilies, Outlets: JakartaOutlets}
}

// jakartaCities are the five city areas of DKI Jakarta with the numbers of table region.
var jakartaCities = [...]struct {
	region int16
	name   string
}{
	{3171, "Jakarta Selatan"},
	{3172, "Jakarta Timur"},
	{3173, "Jakarta Pusat"},
	{3174, "Jakarta Barat"},
	{3175, "Jakarta Utara"},
}

// JakartaCard is a family's card, in clear: synthetic, so it may be.
type JakartaCard struct {
	PAN    [16]byte // digits
	Expiry string   // YYMM
	PIN    [6]byte  // digits
}

// JakartaTerminal is an outlet's terminal, with its PIN key in clear: synthetic, so it may be.
type JakartaTerminal struct {
	TID string
	MID string
	TPK [16]byte
}

// JakartaOutlet is what a receipt prints, and where it stands.
type JakartaOutlet struct {
	MID     string
	Name    string
	City    string
	Region  int16
	Account string // where it is paid
}

// jakartaExpiry is far enough that no test outlives it.
const jakartaExpiry = "4912"

// Card is the card of family i, 0 to Families-1.
func (j Jakarta) Card(i int) JakartaCard {
	c := JakartaCard{Expiry: jakartaExpiry}
	copy(c.PAN[:], fmt.Sprintf("999912%09d0", i))
	c.PAN[15] = luhnDigit(c.PAN[:15])
	pin := j.random("pin", i)
	for k := range c.PIN {
		c.PIN[k] = '0' + pin[k]%10
	}
	return c
}

// FamilyID is the number of family i in the books.
func (j Jakarta) FamilyID(i int) int64 { return 3_171_000_000_001 + int64(i) }

// FamilyName is the name of family i.
func (j Jakarta) FamilyName(i int) string {
	r := j.random("name", i)
	return jakartaNames[int(r[0])%len(jakartaNames)] + " " + jakartaNames[int(r[1])%len(jakartaNames)]
}

var jakartaNames = [...]string{
	"Siti", "Aminah", "Sri", "Wahyuni", "Nurhayati", "Dewi", "Ratna", "Kartini", "Yuliana", "Sumiati", "Rohani",
	"Fatimah", "Lestari", "Maryam", "Sulastri", "Endang",
}

// TerminalCount is how many terminals the area has.
func (j Jakarta) TerminalCount() int { return cmp.Or(j.Terminals, j.Outlets) }

// TerminalOf is the terminal at which family i shops.
func (j Jakarta) TerminalOf(i int) int { return i % j.TerminalCount() }

// OutletOf is the outlet at which family i shops: 842 families an outlet.
func (j Jakarta) OutletOf(i int) int { return j.TerminalOf(i) % j.Outlets }

// Terminal is terminal k, 0 to TerminalCount()-1.
func (j Jakarta) Terminal(k int) JakartaTerminal {
	t := JakartaTerminal{TID: fmt.Sprintf("JKT%05d", k+1), MID: jakartaMID(k % j.Outlets)}
	key := j.random("tpk", k)
	copy(t.TPK[:], key[:16])
	for k, b := range t.TPK {
		t.TPK[k] = b&^1 | byte(1^bits.OnesCount8(b&^1)&1)
	}
	return t
}

// Outlet is outlet o, 0 to Outlets-1; cities take turns.
func (j Jakarta) Outlet(o int) JakartaOutlet {
	city := jakartaCities[o%len(jakartaCities)]
	return JakartaOutlet{
		MID: jakartaMID(o), City: city.name, Region: city.region, Account: fmt.Sprintf("99%08d", o+1),
		Name: fmt.Sprintf("E-WARONG %s %d", jakartaFlowers[o%len(jakartaFlowers)], o+1),
	}
}

var jakartaFlowers = [...]string{"MELATI", "MAWAR", "KENANGA", "ANGGREK", "CEMPAKA", "DAHLIA", "FLAMBOYAN"}

func jakartaMID(o int) string { return fmt.Sprintf("DKI%012d", o+1) }

// random is 32 bytes that depend on the seed, what they are for, and i.
func (j Jakarta) random(what string, i int) [32]byte {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], j.Seed)
	binary.BigEndian.PutUint64(b[8:], uint64(i))
	return sha256.Sum256(append(b[:], what...))
}

// luhnDigit is the check digit that follows these digits.
func luhnDigit(digits []byte) byte {
	sum := 0
	for i, d := range digits {
		v := int(d - '0')
		if (len(digits)-i)%2 == 1 {
			v = v*2/10 + v*2%10
		}
		sum += v
	}
	return byte('0' + (10-sum%10)%10)
}
