package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"unicode/utf16"

	"github.com/gobwas/glob"
)

// skipMarker anywhere in a file leaves the file out.
const skipMarker = "+argocd:skip-file-rendering"

var manifestName = regexp.MustCompile(`^.*\.(yaml|yml|json|jsonnet)$`)

// renderDirectory reads the manifests of a folder, file by file in lexical order.
func renderDirectory(asked *directoryRequest, bounds limits) (rendering, error) {
	chosen, err := choose(asked)
	if err != nil {
		return rendering{}, err
	}
	var made rendering
	var total int64
	for _, name := range chosen {
		content, err := os.ReadFile(filepath.Join(asked.Path, name))
		if err != nil {
			return rendering{}, err
		}
		total += int64(len(content))
		if bounds.InputBytes > 0 && total > bounds.InputBytes {
			return rendering{}, &failure{Kind: failedInput, Message: "more manifests than are read"}
		}
		documents, err := manifestsOf(name, decodeText(content))
		if err != nil {
			return rendering{}, err
		}
		made.documents = append(made.documents, documents...)
		if bounds.Documents > 0 && len(made.documents) > bounds.Documents {
			return rendering{}, &failure{Kind: failedDocuments, Message: "more documents than are rendered"}
		}
	}
	return made, nil
}

// choose lists the folder's manifests by path relative to it.
func choose(asked *directoryRequest) ([]string, error) {
	include, err := compile(asked.Include)
	if err != nil {
		return nil, fmt.Errorf("include: %w", err)
	}
	exclude, err := compile(asked.Exclude)
	if err != nil {
		return nil, fmt.Errorf("exclude: %w", err)
	}
	var chosen []string
	err = filepath.WalkDir(asked.Path, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != asked.Path && !asked.Recurse {
				return filepath.SkipDir
			}
			return nil
		}
		name, err := filepath.Rel(asked.Path, path)
		if err != nil {
			return err
		}
		if !asked.DisableExtensionFilter && !manifestName.MatchString(entry.Name()) {
			return nil
		}
		if (exclude != nil && exclude.Match(name)) || (include != nil && !include.Match(name)) {
			return nil
		}
		isFile, err := leadsToFile(path, entry)
		if isFile {
			chosen = append(chosen, name)
		}
		return err
	})
	return chosen, err
}

// leadsToFile follows links. A link that leads nowhere is left out; the host refuses one that leaves the tree.
func leadsToFile(path string, entry fs.DirEntry) (bool, error) {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.Type().IsRegular(), nil
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.Mode().IsRegular(), err
}

func compile(pattern string) (glob.Glob, error) {
	if pattern == "" {
		return nil, nil
	}
	return glob.Compile(pattern)
}

func manifestsOf(name string, content []byte) ([][]byte, error) {
	if bytes.Contains(content, []byte(skipMarker)) {
		return nil, nil
	}
	switch filepath.Ext(name) {
	case ".jsonnet":
		return nil, &failure{Kind: failedRefused, Message: "the Jsonnet file " + name + ", which is not rendered yet"}
	case ".json":
		document, err := jsonObject(content)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return document, nil
	}
	documents, err := documentsOf(content, 0)
	if err != nil && (len(documents) > 0 || looksLikeManifest(content)) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return documents, nil
}

// jsonObject reads a file that must hold one object and nothing after it.
func jsonObject(content []byte) ([][]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, explainJSON(err, content)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value in the file")
	}
	if kind, isText := object["kind"].(string); !isText || kind == "" {
		return nil, errors.New("the object has no kind")
	}
	document, err := json.Marshal(object)
	return [][]byte{document}, err
}

// explainJSON says where a file is broken, or what it holds, without words of Go's.
func explainJSON(err error, content []byte) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		before := content[:min(int(syntax.Offset), len(content))]
		return fmt.Errorf("line %d: %w", bytes.Count(before, []byte("\n"))+1, err)
	}
	var found *json.UnmarshalTypeError
	if errors.As(err, &found) {
		return fmt.Errorf("a JSON %s, where one object must be", found.Value)
	}
	return err
}

// looksLikeManifest tells a broken manifest, which must not vanish, from some other YAML file in the folder.
func looksLikeManifest(content []byte) bool {
	for _, field := range []string{"apiVersion:", "kind:", "metadata:"} {
		if !bytes.Contains(content, []byte(field)) {
			return false
		}
	}
	return true
}

// decodeText turns UTF-16 with a byte order mark into UTF-8 and drops the mark of UTF-8.
func decodeText(content []byte) []byte {
	switch {
	case bytes.HasPrefix(content, []byte{0xEF, 0xBB, 0xBF}):
		return content[3:]
	case bytes.HasPrefix(content, []byte{0xFF, 0xFE}):
		return decodeUTF16(content[2:], 0, 1)
	case bytes.HasPrefix(content, []byte{0xFE, 0xFF}):
		return decodeUTF16(content[2:], 1, 0)
	}
	return content
}

func decodeUTF16(content []byte, low, high int) []byte {
	units := make([]uint16, len(content)/2)
	for i := range units {
		units[i] = uint16(content[2*i+low]) | uint16(content[2*i+high])<<8
	}
	return []byte(string(utf16.Decode(units)))
}
