package payfile

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// strictTokens hands on a file's XML and refuses what a bank's message never has: a document type, which is where
// entities come from, elements too deep or too long, and anything after the document.
type strictTokens struct {
	xml   *xml.Decoder
	depth int
	ended bool
}

func newStrictTokens(in io.Reader) *strictTokens {
	d := xml.NewDecoder(in)
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("it is not in UTF-8") }
	return &strictTokens{xml: d}
}

// Token is the next piece as it stands in the file.
func (s *strictTokens) Token() (xml.Token, error) {
	token, err := s.xml.RawToken()
	if err != nil {
		return token, err
	}
	switch t := token.(type) {
	case xml.Directive:
		return nil, errors.New("it has a document type, which no bank's message has")
	case xml.StartElement:
		s.depth++
		if s.ended {
			return nil, errors.New("something follows the document")
		}
		if s.depth > depthMax {
			return nil, fmt.Errorf("its elements are more than %d deep", depthMax)
		}
	case xml.EndElement:
		s.depth--
		s.ended = s.depth == 0
	case xml.CharData:
		if len(t) > textMax {
			return nil, fmt.Errorf("an element's text is longer than %d bytes", textMax)
		}
	}
	return token, nil
}
