//go:build go1.26

package yaml

import (
	"slices"
	"strconv"
	"strings"
)

const (
	// lineBytesMax is where the library breaks a line at a space.
	lineBytesMax = 80
	// writtenKeyBytesMax is below the 128 from which a key is written in another way.
	writtenKeyBytesMax = 100
	indentBytes        = 2
)

// writer prints maps and lists in the block style. As with reader, nothing counts once isLost is set.
type writer struct {
	out    []byte
	line   int
	isLost bool
}

func write(in any) ([]byte, bool) {
	w := &writer{}
	switch in.(type) {
	case map[any]any, []any:
		w.value(in, 0)
	default:
		return nil, false
	}
	return w.out, !w.isLost
}

// value prints what begins at the present place, whose further lines are indented so far.
func (w *writer) value(value any, indent int) {
	switch value := value.(type) {
	case map[any]any:
		w.mapping(value, indent)
	case []any:
		w.list(value, indent)
	default:
		w.scalar(value)
		w.endLine()
	}
}

func (w *writer) endLine() {
	w.out = append(w.out, '\n')
	w.line = len(w.out)
}

func (w *writer) indent(bytes int) {
	for range bytes {
		w.out = append(w.out, ' ')
	}
}

func (w *writer) mapping(fields map[any]any, indent int) {
	if len(fields) == 0 {
		w.out = append(w.out, "{}"...)
		w.endLine()
		return
	}
	keys := make([]string, 0, len(fields))
	for key := range fields {
		name, isText := key.(string)
		if !isText || name == "" || len(name) > writtenKeyBytesMax || indent > lineBytesMax/2 {
			w.isLost = true
			return
		}
		keys = append(keys, name)
	}
	slices.SortFunc(keys, compareKeys)
	for i, key := range keys {
		if i > 0 {
			w.indent(indent)
		}
		w.text(key)
		w.out = append(w.out, ':')
		w.field(fields[key], indent)
		if w.isLost {
			return
		}
	}
}

// field prints what follows a key: a block below it, where a list is not indented, or a scalar beside it.
func (w *writer) field(value any, indent int) {
	switch block := value.(type) {
	case map[any]any:
		if len(block) > 0 {
			w.endLine()
			indent += indentBytes
			w.indent(indent)
			w.mapping(block, indent)
			return
		}
	case []any:
		if len(block) > 0 {
			w.endLine()
			w.indent(indent)
			w.list(block, indent)
			return
		}
	}
	w.out = append(w.out, ' ')
	w.value(value, indent)
}

func (w *writer) list(list []any, indent int) {
	if len(list) == 0 {
		w.out = append(w.out, "[]"...)
		w.endLine()
		return
	}
	for i, value := range list {
		if i > 0 {
			w.indent(indent)
		}
		w.out = append(w.out, '-', ' ')
		w.value(value, indent+indentBytes)
		if w.isLost {
			return
		}
	}
}

func (w *writer) scalar(value any) {
	switch value := value.(type) {
	case nil:
		w.out = append(w.out, "null"...)
	case bool:
		w.out = strconv.AppendBool(w.out, value)
	case int:
		w.out = strconv.AppendInt(w.out, int64(value), 10)
	case float64:
		// Infinities and what is no number have words of their own.
		w.isLost = w.isLost || value-value != 0
		w.out = strconv.AppendFloat(w.out, value, 'g', -1, 64)
	case string:
		w.text(value)
	default:
		w.isLost = true
	}
}

// text prints a string bare where it reads back as itself, in double quotes where it would be something else, and in
// single ones where it has a character that is YAML's.
func (w *writer) text(text string) {
	if text == "" {
		w.out = append(w.out, `""`...)
		return
	}
	meaning, ok := resolve(text)
	if !ok || !isWritable(text) {
		w.isLost = true
		return
	}
	_, isText := meaning.(string)
	switch {
	case !isText:
		w.out = append(append(append(w.out, '"'), text...), '"')
	case needsQuotes(text):
		w.out = append(append(append(w.out, '\''), strings.ReplaceAll(text, "'", "''")...), '\'')
	default:
		w.out = append(w.out, text...)
	}
	if len(w.out)-w.line > lineBytesMax && strings.Contains(text, " ") {
		w.isLost = true
	}
}

// isWritable leaves out what is not printable ASCII, and what could be taken for a time or a number in base 60.
func isWritable(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	isNumeric := text[0] >= '0' && text[0] <= '9' || text[0] == '+' || text[0] == '-'
	return !(isNumeric && (strings.Contains(text, ":") || len(text) > 4 && text[4] == '-'))
}

// needsQuotes is whether an unquoted text would end too early, or begin something else.
func needsQuotes(text string) bool {
	next := byte('\n')
	if len(text) > 1 {
		next = text[1]
	}
	first, last := text[0], text[len(text)-1]
	isIndicator := !beginsPlain(first, next) && !((first == '?' || first == ':') && next != ' ' && next != '\n')
	return isIndicator || last == ' ' || last == ':' || strings.Contains(text, ": ") || strings.Contains(text, " #") ||
		strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...")
}
