//go:build go1.26

package yaml

import (
	"strconv"
	"strings"
)

// words are what plain words mean that are no strings.
var words = map[string]any{
	"y": true, "Y": true, "yes": true, "Yes": true, "YES": true,
	"true": true, "True": true, "TRUE": true,
	"on": true, "On": true, "ON": true,
	"n": false, "N": false, "no": false, "No": false, "NO": false,
	"false": false, "False": false, "FALSE": false,
	"off": false, "Off": false, "OFF": false,
	"~": nil, "null": nil, "Null": nil, "NULL": nil,
}

const longestWord = len("false")

// resolve tells what a plain scalar means. It is not ok where that takes more thought than is spent here.
func resolve(text string) (value any, ok bool) {
	switch first := text[0]; {
	case first >= '0' && first <= '9' || first == '-' || first == '+':
		return resolveNumber(text)
	case first == '.':
		// Numbers and infinities begin so; nothing else that does is more than a string.
		isName := len(text) > 1 && (text[1] == '/' || text[1] == '.' || text[1] == '_')
		return text, isName
	case first == '<':
		return text, text != "<<"
	case len(text) <= longestWord:
		if value, isWord := words[text]; isWord {
			return value, true
		}
	}
	return text, true
}

// resolveNumber tells decimal numbers, with or without a point, from what no number looks like.
func resolveNumber(text string) (any, bool) {
	digits := strings.TrimPrefix(text, "-")
	points, isOther := 0, digits == ""
	for i := 0; i < len(digits); i++ {
		switch c := digits[i]; {
		case isDigit(c):
		case c == '.':
			points++
		case c == '-' && i > 0 && isDigit(digits[i-1]):
			// A date, say.
			return text, true
		case isInNumbers(c):
			isOther = true
		default:
			return text, true
		}
	}
	switch {
	case isOther || len(digits) > longestNumber || digits[0] == '.':
		return nil, false
	case points > 1:
		return text, true
	case points == 1:
		number, err := strconv.ParseFloat(text, 64)
		return number, err == nil
	}
	number, err := strconv.Atoi(text)
	return number, err == nil && (digits[0] != '0' || digits == "0")
}

// longestNumber fits in 64 bits.
const longestNumber = 18

// isInNumbers is generous: digits of any base, their prefixes, exponents, signs, points and separators.
func isInNumbers(c byte) bool {
	switch c {
	case '.', '_', '+', '-', 'x', 'X', 'o', 'O', 'p', 'P', 'i', 'I', 'n', 'N', 't', 'T', 'y', 'Y':
		return true
	}
	return c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// beginsPlain is whether an unquoted scalar may begin with the character, followed by next.
func beginsPlain(c, next byte) bool {
	switch c {
	case '-':
		return next != ' ' && next != '\n'
	case '#', ',', '[', ']', '{', '}', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', '?', ':', ' ', '\n':
		return false
	}
	return true
}
