package main

import (
	"crypto/rand"
	"strings"

	"bpnt/gateway/pin"
	"bpnt/iso"
)

// zoneKeyBytes is a double-length key, as zones use them.
const zoneKeyBytes = 16

// masterKey is the zone's, nil where none was given. Its digits never stand in an argument.
func (c *switchCmd) masterKey(s *streams) (*pin.TerminalKey, error) {
	key, err := askedKey(s, "ZMK", c.ReadZMK, c.ZMKFile, 32, 48)
	if key == nil || err != nil {
		return nil, err
	}
	return pin.ExpandTerminalKey(pin.UseTMK, key)
}

// zoneKey makes a working key, and its field of DE48.
func (b *bank) zoneKey(use pin.Use) (key *pin.TerminalKey, field string, err error) {
	clear := make([]byte, zoneKeyBytes)
	if _, err := rand.Read(clear); err != nil {
		return nil, "", err
	}
	if field, err = b.zmk.SealZoneKey(clear); err != nil {
		return nil, "", err
	}
	key, err = pin.ExpandTerminalKey(use, clear)
	return key, field, err
}

// exchangeKeys hands over a ZPK, and a ZAK where MACs are wanted, and uses them once they were accepted.
func (b *bank) exchangeKeys() error {
	zpk, field, err := b.zoneKey(pin.UsePIN)
	if err != nil {
		return err
	}
	var zak *pin.TerminalKey
	if b.MAC {
		var second string
		if zak, second, err = b.zoneKey(pin.UseMAC); err != nil {
			return err
		}
		field += second
	}
	err = b.network("key exchange", approvedCode, func(s iso.Switch, at moment) iso.Outgoing {
		return s.KeyExchange(at.stan, at.time, iso.Opaque(field))
	})
	if err == nil {
		b.zpk, b.zak = zpk, zak
	}
	return err
}

// wrongKey hands over a key whose check value is another's: the gateway must keep the old one.
func (b *bank) wrongKey() error {
	_, field, err := b.zoneKey(pin.UsePIN)
	if err != nil {
		return err
	}
	check := "000000"
	if strings.HasSuffix(field, check) {
		check = "111111"
	}
	field = field[:len(field)-len(check)] + check
	return b.network("key with a wrong check value", keyRefusedCode, func(s iso.Switch, at moment) iso.Outgoing {
		return s.KeyExchange(at.stan, at.time, iso.Opaque(field))
	})
}
