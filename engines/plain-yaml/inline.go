//go:build go1.26

package yaml

import "bytes"

// inline reads a value that begins in the present line, inside of a block at the column.
func (r *reader) inline(column int) any {
	var value any
	switch c := r.peek(0); {
	case c == '|':
		return r.literal(column)
	case c == '{' || c == '[':
		value = r.flow()
	case c == '"' || c == '\'':
		value = r.quoted()
	default:
		value = r.plain()
	}
	if r.isLost {
		return nil
	}
	r.endLine()
	return value
}

// plain reads an unquoted scalar that ends in its line. One that goes on in the next is met there: as a line that is
// indented too far.
func (r *reader) plain() any {
	end := r.plainEnd()
	if end == r.at || r.in[min(end, len(r.in)-1)] == ':' {
		return r.lose()
	}
	text := string(bytes.TrimRight(r.in[r.at:end], " "))
	r.at = end
	value, ok := resolve(text)
	if !ok {
		return r.lose()
	}
	return value
}

// plainEnd is where an unquoted scalar ends: at a colon, at the space before a comment, or with the line. It is the
// present place where none begins.
func (r *reader) plainEnd() int {
	if !beginsPlain(r.peek(0), r.peek(1)) {
		return r.at
	}
	for at := r.at; at < len(r.in); at++ {
		switch r.in[at] {
		case '\n':
			return at
		case ':':
			if at+1 == len(r.in) || r.in[at+1] == ' ' || r.in[at+1] == '\n' {
				return at
			}
		case ' ':
			if at+1 < len(r.in) && r.in[at+1] == '#' {
				return at
			}
		}
	}
	return len(r.in)
}

// isKeyAhead is whether the line goes on with a key and its colon.
func (r *reader) isKeyAhead() bool {
	ahead := *r
	ahead.key()
	return !ahead.isLost
}

// key reads a key that is a string, and its colon.
func (r *reader) key() string {
	begin := r.at
	var text string
	if c := r.peek(0); c == '"' || c == '\'' {
		text, _ = r.quoted().(string)
		r.skipSpaces()
	} else {
		end := r.plainEnd()
		name := bytes.TrimRight(r.in[begin:end], " ")
		if r.at = end; len(name) == 0 {
			r.lose()
			return ""
		}
		value, ok := resolve(string(name))
		if text, _ = value.(string); !ok || text == "" {
			r.lose()
		}
	}
	next := r.peek(1)
	if r.isLost || r.at >= len(r.in) || r.in[r.at] != ':' || (next != ' ' && next != '\n') || r.at-begin > keyBytesMax {
		r.lose()
		return ""
	}
	r.at++
	return text
}

// quoted reads a scalar in quotes that ends in its line.
func (r *reader) quoted() any {
	if r.in[r.at] == '\'' {
		return r.singleQuoted()
	}
	r.at++
	begin := r.at
	for ; r.peek(0) != '"' && r.peek(0) != '\\'; r.at++ {
		if r.peek(0) == '\n' {
			return r.lose()
		}
	}
	text := r.in[begin:r.at]
	if r.in[r.at] == '\\' {
		text = bytes.Clone(text)
	}
	for ; r.peek(0) != '"'; r.at++ {
		c, ok := r.peek(0), true
		if c == '\\' {
			c, ok = r.escape()
		} else if c == '\n' {
			ok = false
		}
		if !ok {
			return r.lose()
		}
		text = append(text, c)
	}
	r.at++
	return string(text)
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', 'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f'}

// escape reads the ASCII character that a backslash stands before, and stops at its last byte.
func (r *reader) escape() (byte, bool) {
	r.at++
	if c, ok := escapes[r.peek(0)]; ok {
		return c, true
	}
	if r.peek(0) != 'u' || r.peek(1) != '0' || r.peek(2) != '0' {
		return 0, false
	}
	high, low := hexDigit(r.peek(3)), hexDigit(r.peek(4))
	r.at += 4
	return byte(high<<4 | low), high >= 0 && high < 8 && low >= 0
}

func hexDigit(c byte) int {
	return bytes.IndexByte([]byte("0123456789abcdef"), c|' ')
}

func (r *reader) singleQuoted() any {
	r.at++
	var text []byte
	for {
		begin := r.at
		for ; r.peek(0) != '\''; r.at++ {
			if r.peek(0) == '\n' {
				return r.lose()
			}
		}
		text = append(text, r.in[begin:r.at]...)
		if r.at++; r.peek(0) != '\'' {
			return string(text)
		}
		text = append(text, '\'')
		r.at++
	}
}

// literal reads the lines below a bar that are indented further than the column.
func (r *reader) literal(column int) any {
	r.at++
	isStripped := r.peek(0) == '-'
	if isStripped {
		r.at++
	}
	if r.at >= len(r.in) || r.in[r.at] != '\n' {
		return r.lose()
	}
	r.at++
	indent := r.indentation(len(r.in))
	if indent <= column || r.at+indent >= len(r.in) || r.in[r.at+indent] == '\n' {
		return r.lose()
	}
	var text []byte
	blank := 0
	for r.at < len(r.in) {
		spaces := r.indentation(indent)
		begin := r.at + spaces
		if begin == len(r.in) {
			r.at = begin
			break
		}
		if r.in[begin] == '\n' {
			blank++
			r.at = begin + 1
			continue
		}
		if spaces < indent {
			break
		}
		for ; blank > 0; blank-- {
			text = append(text, '\n')
		}
		r.at = begin
		r.skipLine()
		if r.at == len(r.in) {
			// Whether such a line ends is a matter of its own.
			return r.lose()
		}
		r.at++
		text = append(text, r.in[begin:r.at]...)
	}
	r.line = r.at
	if isStripped {
		text = text[:len(text)-1]
	}
	return string(text)
}

// indentation is how many spaces follow, up to a number.
func (r *reader) indentation(most int) int {
	count := 0
	for count < most && r.at+count < len(r.in) && r.in[r.at+count] == ' ' {
		count++
	}
	return count
}
