//go:build go1.26

package yaml

import "bytes"

// flow reads a map or a list in braces or brackets that ends in its line, as JSON does.
func (r *reader) flow() any {
	r.depth++
	defer func() { r.depth-- }()
	if r.depth > depthMax {
		return r.lose()
	}
	isMap := r.in[r.at] == '{'
	r.at++
	if isMap {
		return r.flowMap()
	}
	list := []any{}
	for {
		if r.skipSpaces(); r.peek(0) == ']' {
			r.at++
			return list
		}
		list = append(list, r.flowValue())
		if !r.goesOn(']') {
			return r.lose()
		}
	}
}

func (r *reader) flowMap() any {
	fields := map[any]any{}
	for {
		if r.skipSpaces(); r.peek(0) == '}' {
			r.at++
			return fields
		}
		begin := r.at
		isQuoted := r.peek(0) == '"' || r.peek(0) == '\''
		key, isText := r.flowScalar().(string)
		r.skipSpaces()
		if r.isLost || !isText || r.peek(0) != ':' || !isQuoted && r.peek(1) != ' ' || r.at-begin > keyBytesMax {
			return r.lose()
		}
		if _, isRepeated := fields[key]; isRepeated && r.repeats == repeatsRefused {
			return r.lose()
		}
		r.at++
		r.skipSpaces()
		fields[key] = r.flowValue()
		if !r.goesOn('}') {
			return r.lose()
		}
	}
}

// goesOn passes the comma after a value, or stays before the end.
func (r *reader) goesOn(end byte) bool {
	r.skipSpaces()
	switch c := r.peek(0); {
	case r.isLost:
		return false
	case c == ',':
		r.at++
		return true
	default:
		return c == end
	}
}

func (r *reader) flowValue() any {
	if c := r.peek(0); c == '{' || c == '[' {
		return r.flow()
	}
	return r.flowScalar()
}

func (r *reader) flowScalar() any {
	if c := r.peek(0); c == '"' || c == '\'' {
		return r.quoted()
	}
	begin := r.at
	if !beginsPlain(r.peek(0), r.peek(1)) {
		return r.lose()
	}
	for ; ; r.at++ {
		switch c := r.peek(0); {
		case c == '\n' || c == '?' || c == '#':
			return r.lose()
		case c == ',' || c == '[' || c == ']' || c == '{' || c == '}' || c == ':' && (r.peek(1) == ' ' || r.peek(1) == '\n'):
			value, ok := resolve(string(bytes.TrimRight(r.in[begin:r.at], " ")))
			if !ok {
				return r.lose()
			}
			return value
		}
	}
}
