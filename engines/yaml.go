package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// documentsOf reads a stream of YAML documents as Kubernetes does and returns each object as JSON, keys sorted and
// 64-bit integers exact. Empty documents are left out. On an error, the documents before it are returned with it.
func documentsOf(text []byte, max int) ([][]byte, error) {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	var documents [][]byte
	for number := 1; ; number++ {
		raw, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return documents, fmt.Errorf("document %d: %w", number, err)
		}
		document, err := objectOf(raw)
		if err != nil {
			return documents, fmt.Errorf("document %d%s: %w", number, sourceOf(raw), err)
		}
		if document == nil {
			continue
		}
		if max > 0 && len(documents) == max {
			return documents, &failure{Kind: failedDocuments, Message: "more documents than are rendered"}
		}
		documents = append(documents, document)
	}
}

// objectOf turns one document into the JSON of a Kubernetes object; nil for an empty document.
func objectOf(raw []byte) ([]byte, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, nil
	}
	document, err := yaml.YAMLToJSON(raw)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(document, []byte("null")) || bytes.Equal(document, []byte("{}")) {
		return nil, nil
	}
	if document[0] != '{' {
		return nil, errors.New("not an object")
	}
	var head struct {
		Kind any `json:"kind"`
	}
	if err := json.Unmarshal(document, &head); err != nil {
		return nil, err
	}
	if kind, isText := head.Kind.(string); !isText || kind == "" {
		return nil, errors.New("the object has no kind")
	}
	return document, nil
}

// sourceOf names the template that Helm wrote over a document, for messages.
func sourceOf(raw []byte) string {
	for line := range strings.SplitSeq(string(raw[:min(len(raw), 512)]), "\n") {
		if path, found := strings.CutPrefix(line, "# Source: "); found {
			return " (" + strings.TrimSpace(path) + ")"
		}
	}
	return ""
}

// readYAML answers one document as it is, whatever it is.
func readYAML(asked *yamlRequest) (rendering, error) {
	document, err := yaml.YAMLToJSON([]byte(asked.Text))
	if err != nil {
		return rendering{}, err
	}
	return rendering{documents: [][]byte{document}}, nil
}

// printed checks a tool's output against its limits and reads its documents.
func printed(text []byte, asked request) ([][]byte, error) {
	if most := asked.Limits.OutputBytes; most > 0 && len(text) > most {
		return nil, &failure{Kind: failedOutput, Message: "more output than is rendered"}
	}
	if asked.Text == textOnly {
		return nil, nil
	}
	return documentsOf(text, asked.Limits.Documents)
}
