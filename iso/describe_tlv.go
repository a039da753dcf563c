package iso

import "fmt"

// harmlessTags are the tags of DE55 whose value may be shown, with their EMV names. Card number (5A), track 2 image
// (57), names (5F20), dates of the card (5F24) and everything unknown are not on the list and show their length;
// constructed objects are not opened.
var harmlessTags = map[uint32]string{
	0x5F2A: "Currency code",
	0x5F34: "Card sequence number",
	0x82:   "Application interchange profile",
	0x84:   "Application identifier",
	0x8A:   "Authorisation response code",
	0x95:   "Terminal verification results",
	0x9A:   "Date",
	0x9B:   "Transaction status information",
	0x9C:   "Type",
	0x9F02: "Amount",
	0x9F03: "Amount, other",
	0x9F06: "Application identifier (terminal)",
	0x9F09: "Application version",
	0x9F1A: "Terminal country code",
	0x9F1E: "Device serial number",
	0x9F21: "Time",
	0x9F26: "Cryptogram",
	0x9F27: "Cryptogram information",
	0x9F33: "Terminal capabilities",
	0x9F34: "Cardholder verification results",
	0x9F35: "Terminal type",
	0x9F36: "Application transaction counter",
	0x9F37: "Unpredictable number",
	0x9F41: "Sequence counter",
}

// describeTLV lists the tags of DE55 up to the first that is out of form.
func describeTLV(data []byte) []FieldDescription {
	var list []FieldDescription
	for len(data) > 0 {
		tag, value, rest, ok := cutTLV(data)
		if !ok {
			break
		}
		list = append(list, describeTag(tag, value))
		data = rest
	}
	return list
}

func describeTag(tag uint32, value []byte) FieldDescription {
	f := FieldDescription{Field: 55, Tag: fmt.Sprintf("%02X", tag), Name: "(not shown)", Value: lengthOnly(len(value))}
	if name, ok := harmlessTags[tag]; ok {
		f.Name, f.Value = name, upperHex(value)
	}
	return f
}
