//go:build go1.26

package yaml

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	library "plumbline.dev/yaml/v2"
)

// plainTexts are read here, all of them: a text that falls to the library is no error, but it is a loss.
var plainTexts = []string{
	"a: b\n", "a: b", "a:\n  b: c\n  d:\n  - e\n  - f: g\n    h: i\n", "- a\n- b\n", "- - a\n  - b\n-\n  c: d\n",
	"---\na: 1\nb: true\nc: ~\nd:\ne: -5\nf: [a, b, {c: d}]\n", "a: {}\nb: []\n", `{"a":{"b":[1,null,"c",true],"d":"x\ny"}}`,
	"# comment\n\na: b # more\n# and more\nc: d#e\n", "a: |\n  one\n   two\n\n  three\n\nb: |-\n  x\n", "a: \"b: c # d\"\n'e': 'it''s'\n",
	"a: http://b.example:80/c?d=e\n", "a: 10m\nb: 16Mi\nc: web:1\nd: 2026-01-01\ne: a, b & c\n", "a: yes\nb: \"yes\"\nc: no!\n",
	"- a: |\n    x\n  b: y\n- c\n", "a:\n- b\nc:\n  - d\n", "a: -q\ne: /f\ng: ./h\n", "a: 1.5\nb: -2.0\nc: 1.2.3\nd: 3.\n", "a: {b: c d, e: f}\n", "a:   b  \n",
	"a:\n\n  b: c\n\n\nd: e\n", "- # nothing\n- b\n", "a : b\n", "  a: b\n  c: d\n", "a: \"\"\nb: ''\n", "{a: b}\n", "[]\n", "a: <b\nc: (d)\n",
}

// texts go anyway.
var texts = []string{
	"", "\n", "a", "a: b: c\n", "a: b\n c\n", "a:\n  b\n", "a: &x b\nc: *x\n", "a: !!str 1\n", "<<: {a: b}\n", "1: a\n", "on: a\n", "true: a\n",
	"a: b\na: c\n", "a: \"b\n  c\"\n", "a: >\n  b\n", "a: |2\n    b\n", "a: |+\n  b\n\n", "a: |\n\n  b\n", "a: |\n  b", "a: |\nb: c\n", "\ta: b\n", "a:\tb\n",
	"a: é\n", "a: b\r\n", "a: b\n---\nc: d\n", "a: b\n...\n", "? a\n: b\n", "a: {b}\n", "a: {b: c\n  , d: e}\n", "a: [b: c]\n", "a: {b: c}: d\n", "{a: b}: c\n",
	"a: 1.0\nb: .5\nc: 1e3\nd: 0x1f\ne: 012\nf: 1_000\ng: .inf\nh: 0b1\ni: -0\nj: +1\nk: 1:20\n", "a: 9223372036854775808\n", "a: 123456789012345678901\n",
	"a: 'b\n", "a: \"b\\x\"\n", "a: \"\\u00e9\\u0041\"\n", "a: \"b\"c\n", "a: \"b\"#c\n", "a: [b]#c\n", "a:\n - b\n- c\n", "- a\n b: c\n", "a:\n    b: c\n  d: e\n", "a: b\n  # c\n d: e\n",
	"a: |\n  b\n # c\n  d\n", "a: |\n    b\n  c\n", "a: @b\n", "a: `b\n", "a: %b\n", "%YAML 1.1\n---\na: b\n", "--- a\n", "---\n---\n", "---", "--- \na: b\n", "a: b\n--- c\n", "-\n", "- \n", "-\n-\n", "- a\n-b\n",
	"a:b\n", "a: :b\n", "a: ?b\n", "a: -\n", "a: - b\n", "- - - a\n    - b\n", "{a: b,}\n", "[a,]\n", "[,]\n", "{,}\n", "{a:}\n", "{a: }\n", "{a:b}\n", "{\"a\":b}\n", "{\"a\" : b}\n", "{a: b:c, d: e:}\n", "{a: 'b'c}\n", "[a #b\n]\n", "[a#b]\n",
	"a: " + strings.Repeat("x ", 700) + "\n", strings.Repeat("k", 1100) + ": a\n", "\"" + strings.Repeat("k", 1100) + "\": a\n", "a: [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]\n", strings.Repeat("- ", 200) + "a\n", strings.Repeat("[", 300),
	"a: b #c\n", "a: b#\n", "a#b: c\n", "a #b: c\n", "#a: b\n", "a: \"#b\"\n", "- a: b\n  - c\n", "- a\n- b: c\n  d: e\n -f\n", "a:\n- b\n c: d\n", "a: |-\n  b\n  \n   \n", "a: |\n  b\n   \nc: d\n",
	"null: a\n", "~: a\n", "y: 1\nn: 2\n", "a: y\n", "a: =\n", "=: a\n", "a: <<\n", "a: \"<<\"\n\"<<\": b\n", "a: ...\n", "a: ---\n", "...: a\n", "a: b\n....\n",
}

func same(t *testing.T, text string) (isPlain bool) {
	t.Helper()
	for name, repeats := range map[string]repeats{"later wins": laterWins, "repeats refused": repeatsRefused} {
		value, ok := parse([]byte(text), repeats)
		if !ok {
			continue
		}
		isPlain = true
		var wanted any
		unmarshal := library.Unmarshal
		if repeats == repeatsRefused {
			unmarshal = library.UnmarshalStrict
		}
		if err := unmarshal([]byte(text), &wanted); err != nil {
			t.Fatalf("%s: %q is read as %#v; the library says %v", name, text, value, err)
		}
		if !reflect.DeepEqual(value, wanted) {
			t.Fatalf("%s: %q is read as %#v; the library reads %#v", name, text, value, wanted)
		}
		sameWritten(t, value)
	}
	return isPlain
}

func sameWritten(t *testing.T, value any) (isPlain bool) {
	t.Helper()
	out, ok := write(value)
	if !ok {
		return false
	}
	wanted, err := library.Marshal(value)
	if err != nil || string(out) != string(wanted) {
		t.Fatalf("%#v is written as\n%s\nThe library writes\n%s%v", value, out, wanted, err)
	}
	return true
}

func TestReadsPlainTexts(t *testing.T) {
	for _, text := range plainTexts {
		if !same(t, text) {
			t.Errorf("%q is left to the library", text)
		}
	}
}

func TestReadsAsTheLibraryDoes(t *testing.T) {
	for _, text := range texts {
		same(t, text)
	}
}

// TestReadsWhatIsNearlyRight changes texts at random: most of them are wrong then, or mean something else.
func TestReadsWhatIsNearlyRight(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	all := append(append([]string{}, plainTexts...), texts...)
	pieces := []string{" ", "  ", "\n", "\n\n", ":", ": ", "- ", "-", "#", " #", "'", "\"", "{", "}", "[", "]", ",", "|", "|-", "a", "1", "0", ".", "<<", "~", "y", "\\", "\\n", "---\n", "?", "*", "&", "!", ">"}
	for range 400_000 {
		text := all[random.IntN(len(all))]
		if len(text) > 200 {
			continue
		}
		for range 1 + random.IntN(3) {
			at, end := random.IntN(len(text)+1), 0
			end = min(len(text), at+random.IntN(3))
			text = text[:at] + pieces[random.IntN(len(pieces))] + text[end:]
		}
		same(t, text)
	}
}

// TestReadsFiles takes folders of real files from the environment.
func TestReadsFiles(t *testing.T) {
	files, plain := 0, 0
	for _, root := range filepath.SplitList(os.Getenv("YAML_FILES")) {
		err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".yaml") && !strings.HasSuffix(path, ".yml") && !strings.HasSuffix(path, ".json") {
				return err
			}
			content, err := os.ReadFile(path)
			for _, document := range strings.Split(string(content), "\n---\n") {
				files++
				if same(t, document) {
					plain++
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of %d documents are plain", plain, files)
}

func TestWritesAsTheLibraryDoes(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	plain := 0
	const count = 200_000
	for range count {
		if sameWritten(t, randomBlock(random, 4)) {
			plain++
		}
	}
	if plain < count/4 {
		t.Errorf("%d of %d are written here", plain, count)
	}
}

// TestReadsJSON goes the way of sigs.k8s.io/yaml: values as encoding/json writes them.
func TestReadsJSON(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 50_000 {
		text, err := json.Marshal(withTextKeys(randomBlock(random, 4)))
		if err != nil {
			t.Fatal(err)
		}
		same(t, string(text))
	}
}

var scalars = []any{
	nil, true, false, 0, 1, -7, 8080, 1.5, -0.25, 2.0, 1e21, 1e-7, "", "a", "web", "8080", "true", "y", "~", "null", "-", "- a", "a: b", "a:b", "a #b", "a#b", ":", ":a", "?", "?a", "*", "it's", "{a}", "[a]", "a, b", "@a", "`a", "%a",
	"1.0", "1.2.3", "-1.5", "5.", "1-2", "1e-3", "1e3", "0b-101", "1e+2", "1-", "10.0.0.0/8", "10m", "0x1f", "2026-01-01", "2026-01-01T00:00:00Z", "1:20", "12:30:00", " a", "a ", "a  b", "---", "--- a", "...", "-1", "+1", "-a", "a\nb", "a\n", "a\tb", "é", "a\"b", "\"a\"", "'a'", "a\\b", "<<", "<a", "=", "!a", "&a", "|", ">", "a:", "#a", ".a", ".", "./a", "0",
	strings.Repeat("word ", 30), strings.Repeat("x", 200), "registry.example/web:1.2.3", "app.kubernetes.io/name", "/bin/sh", "-c", "100%", "00", "007", "1_000", "0b1", "1,000",
}

var keys = []any{"a", "b", "name", "key1", "key2", "key10", "key02", "key002", "a.b", "a-b", "a_b", "a/b", "A", "Z1", "1", "10", "9", "true", "app.kubernetes.io/name", "app.kubernetes.io/v1", "x y", "it's", "", strings.Repeat("k", 120), strings.Repeat("k", 130), 5, true, "a0", "a00", "a10", "a1b", "a1.b", "10a", "2a"}

func randomBlock(random *rand.Rand, depth int) any {
	if random.IntN(2) == 0 {
		fields := map[any]any{}
		for range random.IntN(5) {
			fields[keys[min(random.IntN(len(keys)*2)/2, len(keys)-1)]] = randomValue(random, depth-1)
		}
		return fields
	}
	list := []any{}
	for range random.IntN(4) {
		list = append(list, randomValue(random, depth-1))
	}
	return list
}

func randomValue(random *rand.Rand, depth int) any {
	if depth > 0 && random.IntN(3) == 0 {
		return randomBlock(random, depth)
	}
	if random.IntN(2) == 0 {
		return scalars[random.IntN(12)]
	}
	return scalars[random.IntN(len(scalars))]
}

func withTextKeys(value any) any {
	switch value := value.(type) {
	case map[any]any:
		fields := map[string]any{}
		for key, field := range value {
			if name, isText := key.(string); isText {
				fields[name] = withTextKeys(field)
			}
		}
		return fields
	case []any:
		for i, item := range value {
			value[i] = withTextKeys(item)
		}
	}
	return value
}

func FuzzRead(f *testing.F) {
	for _, text := range append(append([]string{}, plainTexts...), texts...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { same(t, text) })
}

func FuzzWrite(f *testing.F) {
	for _, text := range append(append([]string{}, plainTexts...), texts...) {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, key, text string) {
		sameWritten(t, map[any]any{key: text, "list": []any{text, map[any]any{text: key, key + text: 1}}, key + "1": []any{[]any{text}}})
	})
}
