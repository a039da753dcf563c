package pin

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"testing"
)

// vectors are computations that others published.
type vectors struct {
	KeyExchange struct {
		ZMK        string `json:"zmk_des"`
		ZPK        string `json:"clear_zpk"`
		WrappedZPK string `json:"zpk_under_zmk"`
		KCV        string `json:"kcv_of_clear_zpk_first3"`
	} `json:"key_exchange_DE48"`
	DUKPT struct {
		Key         string `json:"transaction_key"`
		PIN         string `json:"pin"`
		PAN         string `json:"pan"`
		PINBlock    string `json:"iso0_pin_block_under_pin_variant"`
		MACData     string `json:"mac_data_ascii"`
		RequestMAC  string `json:"request_mac_x919_full8"`
		ResponseMAC string `json:"response_mac_x919_full8"`
	} `json:"dukpt_tdes_x924"`
	ISO0 struct{ PIN, PAN, Block string }          `json:"iso0_pin_block"`
	KCV  struct{ Key, KCV string }                 `json:"kcv"`
	PVV  struct{ PVK, PVKI, PIN, PAN, PVV string } `json:"visa_pvv"`
	IBM  struct {
		PVK            string `json:"pvk"`
		Table          string `json:"decimalisation_table"`
		ValidationData string `json:"validation_data"`
		PIN            string `json:"natural_pin4"`
		Offset         string `json:"offset_for_pin_4524"`
	} `json:"ibm3624_natural_pin"`
}

func loadVectors(t *testing.T) vectors {
	t.Helper()
	text, err := os.ReadFile("../../../shared/vectors/crypto.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the published vectors are not beside this project")
	}
	if err != nil {
		t.Fatal(err)
	}
	var all vectors
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustExpand(t testing.TB, use Use, key []byte) *TerminalKey {
	t.Helper()
	k, err := ExpandTerminalKey(use, key)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// variant is a DUKPT key with one byte of each half inverted, counted from the right.
func variant(key []byte, fromRight int) []byte {
	v := append([]byte(nil), key...)
	v[8-fromRight] ^= 0xFF
	v[16-fromRight] ^= 0xFF
	return v
}

func TestVectorKeyExchange(t *testing.T) {
	v := loadVectors(t).KeyExchange
	zmk, err := expand(unhex(t, v.ZMK))
	if err != nil {
		t.Fatal(err)
	}
	var zpk [8]byte
	zmk.Decrypt(zpk[:], unhex(t, v.WrappedZPK))
	if got := hexUpper(zpk[:]); got != v.ZPK {
		t.Errorf("ZPK %s, published %s", got, v.ZPK)
	}
	if got := mustExpand(t, UsePIN, zpk[:]).KCV(); got != v.KCV {
		t.Errorf("KCV %s, published %s", got, v.KCV)
	}
}

func TestVectorKCV(t *testing.T) {
	v := loadVectors(t).KCV
	if got := mustExpand(t, UsePIN, unhex(t, v.Key)).KCV(); got != v.KCV[:6] {
		t.Errorf("KCV %s, published %s", got, v.KCV)
	}
}

func TestVectorPINBlock(t *testing.T) {
	v := loadVectors(t)
	var s scratch
	s.encodePIN([]byte(v.ISO0.PIN), []byte(v.ISO0.PAN))
	if got := hexUpper(s.block[:]); got != v.ISO0.Block {
		t.Errorf("clear block %s, published %s", got, v.ISO0.Block)
	}
	block, err := EncryptPINBlock(variant(unhex(t, v.DUKPT.Key), 1), []byte(v.DUKPT.PIN), []byte(v.DUKPT.PAN))
	if got := hexUpper(block[:]); err != nil || got != v.DUKPT.PINBlock {
		t.Errorf("encrypted block %s (%v), published %s", got, err, v.DUKPT.PINBlock)
	}
}

func TestVectorMAC(t *testing.T) {
	v := loadVectors(t).DUKPT
	for fromRight, want := range map[int]string{2: v.RequestMAC, 4: v.ResponseMAC} {
		mac := mustExpand(t, UseMAC, variant(unhex(t, v.Key), fromRight)).MAC([]byte(v.MACData))
		if got := hexUpper(mac[:]); got != want {
			t.Errorf("MAC under variant %d: %s, published %s", fromRight, got, want)
		}
	}
}

func TestVectorPVV(t *testing.T) {
	v := loadVectors(t).PVV
	pvki, err := strconv.ParseInt(v.PVKI, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	k := keystoreWith(t, methodPVV, int16(pvki), unhex(t, v.PVK))
	if got, err := k.ValueOfPIN([]byte(v.PIN), []byte(v.PAN)); err != nil || strconv.Itoa(int(got)) != "1"+v.PVV {
		t.Errorf("value %d (%v), published PVV %s", got, err, v.PVV)
	}
}

func TestVectorIBM3624(t *testing.T) {
	v := loadVectors(t).IBM
	if v.Table != decimalisation {
		t.Fatalf("the vector is for the table %s", v.Table)
	}
	k := keystoreWith(t, methodIBM3624, 1, unhex(t, v.PVK))
	if got, err := k.ValueOfPIN([]byte(v.PIN), []byte(v.ValidationData)); err != nil || strconv.Itoa(int(got)) != "1"+v.Offset {
		t.Errorf("value %d (%v), published offset %s", got, err, v.Offset)
	}
}

// keystoreWith is a keystore whose verification key is known.
func keystoreWith(t testing.TB, method string, id int16, pvk []byte) *Keystore {
	t.Helper()
	m, err := newMaster(make([]byte, masterBytes))
	if err != nil {
		t.Fatal(err)
	}
	e := keyEntry{ID: id, Use: useVerification, Method: method, Active: true, Check: mustExpand(t, UsePIN, pvk).KCV()}
	e.Wrapped = m.wrap(pvk, e.label())
	k, err := newKeystore(m, keyFile{Format: keyFormat, Keys: []keyEntry{newPANEntry(m), e}})
	if err != nil {
		t.Fatal(err)
	}
	return k
}
