package iso

// The reasons of a DecodeError, an EncodeError and a FrameError. They are labels of metrics and words of logs: stable,
// and never made from the message.
const (
	ReasonShort           = "short"               // no room for TPDU, type and bitmap
	ReasonMTIForm         = "mti_form"            // the type is not four digits, or of another version than 1987
	ReasonMTIResponse     = "mti_response"        // an answer came where a request belongs, or the other way round
	ReasonBitmapThird     = "bitmap_third"        // bit 65 asks for a third bitmap
	ReasonBitmapEmpty     = "bitmap_empty_second" // a second bitmap without a bit: not the shortest form
	ReasonBitmapForm      = "bitmap_form"         // a bitmap in hex with another character than 0-9 and A-F
	ReasonFieldUnknown    = "field_unknown"       // the spec does not have this data element, so its end is unknown
	ReasonTruncated       = "truncated"           // the message ends inside the field
	ReasonTrailing        = "trailing_bytes"      // bytes after the last field
	ReasonLengthForm      = "length_form"         // a length that is not BCD with zero in the spare nibble; on a switch not digits
	ReasonLengthMax       = "length_max"          // a length above the field's limit
	ReasonNotBCD          = "not_bcd"             // a nibble A to F among digits
	ReasonNotDigits       = "not_digits"          // another character than 0-9 in a number of a switch
	ReasonNotHex          = "not_hex"             // a binary field of a switch that is not pairs of 0-9 and A-F
	ReasonLeadingNibble   = "leading_nibble"      // an n3 field whose first of four nibbles is not 0
	ReasonPadNibble       = "pad_nibble"          // an odd number of digits without a pad nibble where the link has it
	ReasonNotPrintable    = "not_printable"       // text with NUL, a control or a high byte
	ReasonMissing         = "missing"             // a field that this message must have
	ReasonPAN             = "pan_form"            // DE2 is not 8 to 19 digits
	ReasonPANLuhn         = "pan_luhn"            // the check digit is wrong and the link checks it
	ReasonPANMismatch     = "pan_mismatch"        // DE2 and DE35 name different cards
	ReasonTrack2          = "track2_form"         // DE35 is not card number, D and what follows
	ReasonTLVForm         = "tlv_form"            // a tag or a length of DE55 is cut or not in its shortest form
	ReasonTLVMany         = "tlv_too_many"        // more than EMVTagsMax tags
	ReasonTLVDuplicate    = "tlv_duplicate"       // a tag twice
	ReasonTLVValue        = "tlv_value"           // 9F02 or 9F36 in another form than EMV gives it
	ReasonAmountScale     = "amount_scale"        // an answer's or a total's amount with a remainder below one rupiah
	ReasonTotalsForm      = "totals_form"         // DE63 is not 1, 2, 4 or 6 pairs of digits, or a switch's figure none
	ReasonOriginalForm    = "original_form"       // DE60 of an upload is not type, STAN and RRN
	ReasonReplacement     = "replacement_amount"  // DE95 asks to reverse a part; DE4 is reversed whole or not at all
	ReasonAdditionalForm  = "additional_form"     // DE54 is not made of 20-character amounts
	ReasonValueForm       = "value_form"          // encoding: a value that the field cannot carry
	ReasonValueLength     = "value_length"        // encoding: a value of the wrong length
	ReasonFrameForm       = "frame_form"          // a length that is not four ASCII digits, on a link that has those
	ReasonFrameOversize   = "frame_oversize"      // a frame above FrameBytesMax, on a switch above SwitchFrameBytesMax
	ReasonFrameUndersize  = "frame_undersize"     // a frame too short for type and bitmap
	ReasonFrameHTTP       = "frame_http"          // an HTTP request on the terminals' port
	ReasonFrameTLS        = "frame_tls"           // a TLS handshake on the plain port
	ReasonFrameIncomplete = "frame_incomplete"    // the peer closed inside a frame
)
