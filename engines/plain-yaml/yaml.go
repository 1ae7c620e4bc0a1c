//go:build go1.26

// Package yaml stands where the library go.yaml.in/yaml/v2 is expected and gives what it gives, sooner. Nearly all YAML
// that is rendered is plain: block maps and lists of words and numbers, JSON, and now and then a literal block. Such a
// text is read, and such a value is written, here in one pass. At the first thing that is not plain the library does it
// all from the start, so that every rule, every oddity and every error message is its own. That both give the same is
// held to the library by yaml_test.go.
package yaml

import library "plumbline.dev/yaml/v2"

type (
	// MapSlice is the library's.
	MapSlice = library.MapSlice
	// MapItem is the library's.
	MapItem = library.MapItem
)

// Unmarshal is the library's.
func Unmarshal(in []byte, out any) error {
	if read(in, out, laterWins) {
		return nil
	}
	return library.Unmarshal(in, out)
}

// UnmarshalStrict is the library's.
func UnmarshalStrict(in []byte, out any) error {
	if read(in, out, repeatsRefused) {
		return nil
	}
	return library.UnmarshalStrict(in, out)
}

// Marshal is the library's.
func Marshal(in any) ([]byte, error) {
	if out, isPlain := write(in); isPlain {
		return out, nil
	}
	return library.Marshal(in)
}

// read fills a target that has no type of its own.
func read(in []byte, out any, repeats repeats) bool {
	target, isAny := out.(*any)
	if !isAny || target == nil || *target != nil {
		return false
	}
	value, isPlain := parse(in, repeats)
	if isPlain {
		*target = value
	}
	return isPlain
}
