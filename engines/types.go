package main

import "encoding/json"

// What crosses the border between host and engines. A request is one JSON object in; an answer is one line of JSON (a
// header), then the bytes whose lengths the header lists: the documents, then the text. Paths are absolute in the tree
// that the host shows the instance: /0 is the tree of the first mount, /1 of the second, and nothing else exists.

// request names one tool and carries the block of that name.
type request struct {
	// Tool is "helm", "kustomize", "directory" or "yaml".
	Tool      string            `json:"tool"`
	Helm      *helmRequest      `json:"helm,omitempty"`
	Kustomize *kustomizeRequest `json:"kustomize,omitempty"`
	Directory *directoryRequest `json:"directory,omitempty"`
	YAML      *yamlRequest      `json:"yaml,omitempty"`
	Limits    limits            `json:"limits"`
	// Text asks for the bytes that the tool's own program would have printed: "none", "beside" the documents, or "only"
	// those, whatever they say.
	Text string `json:"text"`
}

// limits are enforced here because only the engine sees sizes grow; 0 is without limit. Time and memory are the host's.
type limits struct {
	// OutputBytes bounds the text a tool prints.
	OutputBytes int `json:"outputBytes"`
	// Documents bounds how many objects it makes.
	Documents int `json:"documents"`
	// InputBytes bounds the manifests of a plain directory, together.
	InputBytes int64 `json:"inputBytes"`
	// MemoryBytes is how large the host lets the instance grow: the collector works harder before that is met.
	MemoryBytes int64 `json:"memoryBytes"`
}

// helmRequest is `helm template . --name-template ReleaseName --namespace Namespace …`.
type helmRequest struct {
	// Chart is the chart's directory.
	Chart       string `json:"chart"`
	ReleaseName string `json:"releaseName"`
	Namespace   string `json:"namespace"`
	// KubeVersion is `--kube-version`, "" for Helm's own default.
	KubeVersion string `json:"kubeVersion"`
	// APIVersions is `--api-versions`: added to Helm's own default set.
	APIVersions []string `json:"apiVersions"`
	// ValueFiles is `--values`, in order.
	ValueFiles []string `json:"valueFiles"`
	// Values is one more values file, the last, as its text; "" for none.
	Values string `json:"values"`
	// Set, SetString and SetFile are the arguments of `--set`, `--set-string` and `--set-file`, in order.
	Set       []string `json:"set"`
	SetString []string `json:"setString"`
	SetFile   []string `json:"setFile"`
	// SkipCRDs leaves out `--include-crds`.
	SkipCRDs bool `json:"skipCrds"`
	// SkipTests is `--skip-tests`.
	SkipTests bool `json:"skipTests"`
	// SkipSchemaValidation is `--skip-schema-validation`.
	SkipSchemaValidation bool `json:"skipSchemaValidation"`
}

// kustomizeRequest is a series of `kustomize edit …`, one addition to `patches`, and `kustomize build Path`. The edits
// are made on a copy in memory.
type kustomizeRequest struct {
	// Path is the kustomization's directory.
	Path string `json:"path"`
	// Edits are the arguments after `kustomize edit`, one list a command, in order.
	Edits [][]string `json:"edits"`
	// Patches are appended to the kustomization's own, after the edits.
	Patches []json.RawMessage `json:"patches"`
	// Components are added with `edit add component` after the patches.
	Components []string `json:"components"`
	// Unrestricted is `--load-restrictor LoadRestrictionsNone`.
	Unrestricted bool `json:"unrestricted"`
	// Reorder is `--reorder`; "" leaves it to the kustomization.
	Reorder string `json:"reorder"`
	// ManagedByLabel is `--enable-managedby-label`.
	ManagedByLabel bool `json:"managedByLabel"`
}

// directoryRequest is a folder of plain manifests.
type directoryRequest struct {
	Path    string `json:"path"`
	Recurse bool   `json:"recurse"`
	// Include and Exclude are globs over the path relative to Path, in which * crosses slashes; "" for none.
	Include string `json:"include"`
	Exclude string `json:"exclude"`
	// DisableExtensionFilter reads every file, not only .yaml, .yml and .json.
	DisableExtensionFilter bool `json:"disableExtensionFilter"`
}

// yamlRequest turns one text into JSON: the first document, or null.
type yamlRequest struct {
	Text string `json:"text"`
}

// header is the first line of an answer.
type header struct {
	// DocumentBytes are the lengths of the documents, each one JSON object, in the tool's order.
	DocumentBytes []int `json:"documentBytes"`
	// TextBytes is the length of the text; -1 where none was asked for.
	TextBytes int `json:"textBytes"`
	// AskedForClock is whether a template asked what time it is.
	AskedForClock bool     `json:"askedForClock"`
	Error         *failure `json:"error,omitempty"`
}

// failure is why there are no documents. Messages are the library's own and may hold parts of values.
type failure struct {
	Kind    failureKind `json:"kind"`
	Message string      `json:"message"`
}

type failureKind string

const (
	textNone = "none"
	textOnly = "only"
)

const (
	// failedTemplate: the tool says the input is wrong.
	failedTemplate failureKind = "template"
	// failedDependencies: a chart's dependencies are not in its charts folder.
	failedDependencies failureKind = "dependencies"
	// failedRefused: the input asks for something that is never done here.
	failedRefused failureKind = "refused"
	// failedOutput, failedDocuments, failedInput: a limit was met.
	failedOutput    failureKind = "output"
	failedDocuments failureKind = "documents"
	failedInput     failureKind = "input"
	// failedCrash: a bug, ours or a library's; the instance is not to be used again.
	failedCrash failureKind = "crash"
)

// Error makes a failure usable as an error; the kind travels with it.
func (f *failure) Error() string { return f.Message }

// rendering is what a tool made.
type rendering struct {
	documents [][]byte
	text      []byte
}
