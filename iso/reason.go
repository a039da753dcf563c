package iso

// The reasons of a DecodeError, an EncodeError and a FrameError. They are labels of metrics and words of logs: stable, and never made from the message.
const (
	ReasonShort           = "short"               // no room for TPDU, type and bitmap
	ReasonMTIForm         = "mti_form"            // the type is not four digits, or of another version than 1987
	ReasonMTIResponse     = "mti_response"        // an answer came where a request belongs, or the other way round
	ReasonBitmapThird     = "bitmap_third"        // bit 65 asks for a third bitmap
	ReasonBitmapEmpty     = "bitmap_empty_second" // a second bitmap without a bit: not the shortest form
	ReasonFieldUnknown    = "field_unknown"       // the spec does not have this data element, so its end is unknown
	ReasonTruncated       = "truncated"           // the message ends inside the field
	ReasonTrailing        = "trailing_bytes"      // bytes after the last field
	ReasonLengthForm      = "length_form"         // a length that is not BCD with zero in the spare nibble
	ReasonLengthMax       = "length_max"          // a length above the field's limit
	ReasonNotBCD          = "not_bcd"             // a nibble A to F among digits
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
	ReasonAmountScale     = "amount_scale"        // an answer's amount with a remainder below one rupiah
	ReasonAdditionalForm  = "additional_form"     // DE54 is not made of 20-character amounts
	ReasonValueForm       = "value_form"          // encoding: a value that the field cannot carry
	ReasonValueLength     = "value_length"        // encoding: a value of the wrong length
	ReasonFrameOversize   = "frame_oversize"      // a frame above FrameBytesMax
	ReasonFrameUndersize  = "frame_undersize"     // a frame below FrameBytesMin
	ReasonFrameHTTP       = "frame_http"          // an HTTP request on the terminals' port
	ReasonFrameTLS        = "frame_tls"           // a TLS handshake on the plain port
	ReasonFrameIncomplete = "frame_incomplete"    // the peer closed inside a frame
)
