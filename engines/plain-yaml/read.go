//go:build go1.26

package yaml

import "bytes"

// repeats is what becomes of a key that a map has twice.
type repeats int

const (
	laterWins repeats = iota
	repeatsRefused
)

const (
	// depthMax is far below the library's own bound.
	depthMax = 64
	// keyBytesMax is below the 1,024 within which a key's colon has to come.
	keyBytesMax = 512
)

// reader goes through a text once. Where it meets what is not plain it gives up: isLost is set, and nothing it returns
// afterwards is of use.
type reader struct {
	in      []byte
	at      int
	line    int
	depth   int
	repeats repeats
	isLost  bool
}

// parse reads a plain document. The text after it has to be empty.
func parse(in []byte, repeats repeats) (any, bool) {
	if !isPlainText(in) {
		return nil, false
	}
	r := &reader{in: in, repeats: repeats}
	if bytes.HasPrefix(in, documentStart) {
		r.at, r.line = len(documentStart), len(documentStart)
	}
	column := r.next()
	if column < 0 {
		return nil, false
	}
	value := r.block(column)
	if r.isLost || r.next() >= 0 {
		return nil, false
	}
	return value, true
}

var documentStart = []byte("---\n")

// isPlainText leaves out everything but printable ASCII, and documents that follow each other.
func isPlainText(in []byte) bool {
	isStart := !bytes.HasPrefix(in, documentStart)
	for i, c := range in {
		if isStart && i+2 < len(in) && (c == '-' || c == '.') && in[i+1] == c && in[i+2] == c {
			return false
		}
		if (c < ' ' && c != '\n') || c > '~' {
			return false
		}
		isStart = c == '\n'
	}
	return true
}

func (r *reader) lose() any {
	r.isLost = true
	return nil
}

// peek is the character so far ahead; the end of the text reads as the end of a line.
func (r *reader) peek(ahead int) byte {
	if at := r.at + ahead; at < len(r.in) {
		return r.in[at]
	}
	return '\n'
}

// next goes to the next content and returns its column; -1 at the end. It is called at the end of a line, or at the
// start of one.
func (r *reader) next() int {
	for r.at < len(r.in) {
		switch r.in[r.at] {
		case ' ':
			r.at++
		case '\n':
			r.at++
			r.line = r.at
		case '#':
			r.skipLine()
		default:
			return r.at - r.line
		}
	}
	return -1
}

func (r *reader) skipLine() {
	if end := bytes.IndexByte(r.in[r.at:], '\n'); end >= 0 {
		r.at += end
	} else {
		r.at = len(r.in)
	}
}

func (r *reader) skipSpaces() {
	for r.peek(0) == ' ' {
		r.at++
	}
}

// endLine expects nothing but a comment in the rest of the line.
func (r *reader) endLine() {
	r.skipSpaces()
	switch c := r.peek(0); {
	case c == '\n':
	case c == '#' && r.in[r.at-1] == ' ':
		r.skipLine()
	default:
		r.lose()
	}
}

// block reads what begins at the present place: a list, a map or a flow.
func (r *reader) block(column int) any {
	r.depth++
	defer func() { r.depth-- }()
	switch c := r.peek(0); {
	case r.depth > depthMax:
		return r.lose()
	case r.isEntry():
		return r.list(column)
	case c == '{' || c == '[':
		return r.inline(column)
	}
	return r.mapping(column)
}

// isEntry is whether a list's entry begins here.
func (r *reader) isEntry() bool {
	return r.peek(0) == '-' && (r.peek(1) == ' ' || r.peek(1) == '\n')
}

func (r *reader) list(column int) any {
	list := []any{}
	for {
		r.at++
		r.skipSpaces()
		list = append(list, r.entry(column))
		if r.isLost {
			return nil
		}
		next := r.next()
		if next < column || next == column && !r.isEntry() {
			return list
		}
		if next > column {
			return r.lose()
		}
	}
}

// entry reads what follows a dash.
func (r *reader) entry(column int) any {
	c := r.peek(0)
	switch {
	case c == '\n' || c == '#':
		return r.below(func(next int) bool { return next > column })
	case r.isEntry() || c != '{' && c != '[' && r.isKeyAhead():
		return r.block(r.at - r.line)
	}
	return r.inline(column)
}

func (r *reader) mapping(column int) any {
	fields := map[any]any{}
	for {
		key := r.key()
		if r.isLost {
			return nil
		}
		if _, isRepeated := fields[key]; isRepeated && r.repeats == repeatsRefused {
			return r.lose()
		}
		fields[key] = r.field(column)
		if r.isLost {
			return nil
		}
		next := r.next()
		if next < column {
			return fields
		}
		if next > column || r.isEntry() {
			return r.lose()
		}
	}
}

// field reads what follows a key's colon. A list may begin at the key's own column.
func (r *reader) field(column int) any {
	r.skipSpaces()
	if c := r.peek(0); c != '\n' && c != '#' {
		return r.inline(column)
	}
	return r.below(func(next int) bool { return next > column || next == column && r.isEntry() })
}

// below reads a value of which nothing is in the line: the block that follows, or nothing where that is another's.
func (r *reader) below(isOurs func(next int) bool) any {
	if r.endLine(); r.isLost {
		return nil
	}
	at, line := r.at, r.line
	if next := r.next(); next >= 0 && isOurs(next) {
		return r.block(next)
	}
	r.at, r.line = at, line
	return nil
}
