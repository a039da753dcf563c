package iso

import (
	"fmt"
	"strings"
)

// Widths of a terminal's paper, in characters.
const (
	ReceiptColumnsMin = 32
	ReceiptColumnsMax = 40
)

// RenderReceipt is DE48 as it comes out of the printer, 32 to 40 columns wide: title and bold lines in the middle,
// long lines wrapped. Each line ends with a line feed.
func RenderReceipt(text string, columns int) (string, error) {
	if columns < ReceiptColumnsMin || columns > ReceiptColumnsMax {
		return "", fmt.Errorf("a receipt is %d to %d columns wide", ReceiptColumnsMin, ReceiptColumnsMax)
	}
	sections, err := ParseReceipt(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, s := range sections {
		for _, line := range s.Lines {
			printLine(&out, line, columns, s.Style != StyleNormal)
		}
	}
	return out.String(), nil
}

func printLine(out *strings.Builder, line string, columns int, centre bool) {
	for _, piece := range wrap(line, columns) {
		if centre {
			piece = strings.Repeat(" ", (columns-len(piece))/2) + piece
		}
		out.WriteString(strings.TrimRight(piece, " "))
		out.WriteByte('\n')
	}
}

// wrap breaks a line at blanks, or inside a word that is wider than the paper.
func wrap(line string, columns int) []string {
	var pieces []string
	for len(line) > columns {
		at := strings.LastIndexByte(line[:columns+1], ' ')
		if strings.TrimSpace(line[:max(at, 0)]) == "" {
			at = columns
		}
		pieces = append(pieces, line[:at])
		line = strings.TrimLeft(line[at:], " ")
	}
	return append(pieces, line)
}

// receiptLines splits a section at its line ends; what follows the last one is a line too.
func receiptLines(section string) []string {
	lines := strings.Split(section, ";")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	}
	return lines
}
