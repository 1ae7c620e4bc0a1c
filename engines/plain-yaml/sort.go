//go:build go1.26

package yaml

// compareKeys is the order in which keys are written: letters after everything else, and numbers by what they count, so
// that item-2 comes before item-10.
func compareKeys(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] == b[i] {
			continue
		}
		switch isLetterA, isLetterB := isLetter(a[i]), isLetter(b[i]); {
		case isLetterA && isLetterB:
			return int(a[i]) - int(b[i])
		case isLetterA:
			return 1
		case isLetterB:
			return -1
		}
		return compareDigits(a, b, i)
	}
	return len(a) - len(b)
}

// compareDigits orders two keys by what is at the first place where they differ, neither of it a letter.
func compareDigits(a, b string, at int) int {
	var begin int64
	if (a[at] == '0' || b[at] == '0') && followsNumber(a, at) {
		begin = 1
	}
	valueA, endA := numberAt(a, at, begin)
	valueB, endB := numberAt(b, at, begin)
	switch {
	case valueA < valueB:
		return -1
	case valueA > valueB:
		return 1
	case endA != endB:
		return endA - endB
	}
	return int(a[at]) - int(b[at])
}

// followsNumber is whether a zero here belongs to a number that has begun before it.
func followsNumber(key string, at int) bool {
	for at--; at >= 0 && isDigit(key[at]); at-- {
		if key[at] != '0' {
			return true
		}
	}
	return false
}

func numberAt(key string, at int, begin int64) (value int64, end int) {
	value = begin
	for end = at; end < len(key) && isDigit(key[end]); end++ {
		value = value*10 + int64(key[end]-'0')
	}
	return value, end
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
