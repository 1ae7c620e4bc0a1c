package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/api/ifc"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/kv"
	ldrhelper "sigs.k8s.io/kustomize/api/pkg/loader"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kustomize/v5/commands/edit/add"
	"sigs.k8s.io/kustomize/kustomize/v5/commands/edit/set"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/yaml"
)

// renderKustomize runs the program's own edit commands on a copy in memory, then builds with the program's defaults.
func renderKustomize(asked *kustomizeRequest, bounds limits) ([]byte, error) {
	tree := &editedTree{FileSystem: filesys.MakeFsOnDisk(), directory: asked.Path, written: map[string][]byte{}}
	defer tree.forgetSchema()
	tree.isEditing = true
	if err := edit(tree, asked); err != nil {
		return nil, tree.explain(err)
	}
	tree.isEditing = false
	options := krusty.MakeDefaultOptions()
	// As the program has it: the kustomization's own sortOptions, else the legacy order.
	options.Reorder = krusty.ReorderOptionUnspecified
	if asked.Reorder != "" {
		options.Reorder = krusty.ReorderOption(asked.Reorder)
	}
	if asked.Unrestricted {
		options.LoadRestrictions = types.LoadRestrictionsNone
	}
	options.AddManagedbyLabel = asked.ManagedByLabel
	built, err := krusty.MakeKustomizer(options).Run(tree, asked.Path)
	if err != nil {
		return nil, tree.explain(err)
	}
	if bounds.Documents > 0 && built.Size() > bounds.Documents {
		return nil, &failure{Kind: failedDocuments, Message: "more documents than are rendered"}
	}
	return built.AsYaml()
}

func edit(tree *editedTree, asked *kustomizeRequest) error {
	for _, arguments := range asked.Edits {
		if err := runEdit(tree, arguments); err != nil {
			return err
		}
	}
	if len(asked.Patches) > 0 {
		if err := appendPatches(tree, asked.Patches); err != nil {
			return err
		}
	}
	if len(asked.Components) == 0 {
		return nil
	}
	return runEdit(tree, append([]string{"add", "component"}, asked.Components...))
}

func runEdit(tree *editedTree, arguments []string) error {
	dependencies := provider.NewDefaultDepProvider()
	validator, factory := dependencies.GetFieldValidator(), dependencies.GetResourceFactory()
	var values ifc.KvLoader = kv.NewLoader(ldrhelper.NewFileLoaderAtCwd(tree), validator)
	command := &cobra.Command{Use: "edit", SilenceUsage: true, SilenceErrors: true}
	command.AddCommand(add.NewCmdAdd(tree, values, factory), set.NewCmdSet(tree, values, validator, factory))
	command.SetArgs(arguments)
	command.SetOut(io.Discard)
	command.SetErr(io.Discard)
	if err := command.Execute(); err != nil {
		return fmt.Errorf("kustomize edit %s: %w", strings.Join(arguments[:min(2, len(arguments))], " "), err)
	}
	return nil
}

// appendPatches adds to the file's `patches` as they are, with no command of the program in between.
func appendPatches(tree *editedTree, patches []json.RawMessage) error {
	index := slices.IndexFunc(konfig.RecognizedKustomizationFileNames(), tree.Exists)
	if index < 0 {
		return errors.New("no kustomization file was found")
	}
	name := konfig.RecognizedKustomizationFileNames()[index]
	content, err := tree.ReadFile(name)
	if err != nil {
		return err
	}
	fields, err := fieldsOf(content)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	present, isList := fields["patches"].([]any)
	if fields["patches"] != nil && !isList {
		return fmt.Errorf("%s: patches is not a list", name)
	}
	for _, patch := range patches {
		present = append(present, patch)
	}
	fields["patches"] = present
	changed, err := yaml.Marshal(fields)
	if err != nil {
		return err
	}
	return tree.WriteFile(name, changed)
}

// fieldsOf keeps numbers as they are written.
func fieldsOf(content []byte) (map[string]any, error) {
	document, err := yaml.YAMLToJSON(content)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	fields := map[string]any{}
	if err := decoder.Decode(&fields); err != nil {
		return nil, err
	}
	if fields == nil {
		fields = map[string]any{}
	}
	return fields, nil
}

// editedTree is the host's tree under the edited kustomization files. Relative paths are relative to the kustomization,
// which is where the program's edit commands run. Kustomization files that ask for what is never done here are refused
// when they are read.
type editedTree struct {
	filesys.FileSystem
	directory string
	written   map[string][]byte
	// isEditing is true while commands edit the file, for its comments and its order only: they look for each field in
	// each line, and are handed the same content in one line.
	isEditing bool
	// hasSchema is true once a file has brought a schema of its own.
	hasSchema bool
	refused   *failure
}

func (t *editedTree) resolve(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(t.directory, path)
}

func (t *editedTree) WriteFile(path string, content []byte) error {
	t.written[t.resolve(path)] = content
	return nil
}

func (t *editedTree) ReadFile(path string) ([]byte, error) {
	absolute := t.resolve(path)
	content, isWritten := t.written[absolute]
	if !isWritten {
		var err error
		if content, err = t.FileSystem.ReadFile(absolute); err != nil {
			return nil, err
		}
	}
	if slices.Contains(konfig.RecognizedKustomizationFileNames(), filepath.Base(absolute)) {
		if refused := t.inspect(absolute, content); refused != nil {
			t.refused = refused
			return nil, refused
		}
		if line, err := yaml.YAMLToJSON(content); t.isEditing && err == nil {
			return line, nil
		}
	}
	return content, nil
}

func (t *editedTree) Exists(path string) bool { return t.FileSystem.Exists(t.resolve(path)) }
func (t *editedTree) IsDir(path string) bool  { return t.FileSystem.IsDir(t.resolve(path)) }

func (t *editedTree) ReadDir(path string) ([]string, error) {
	return t.FileSystem.ReadDir(t.resolve(path))
}

func (t *editedTree) CleanedAbs(path string) (filesys.ConfirmedDir, string, error) {
	return t.FileSystem.CleanedAbs(t.resolve(path))
}

func (t *editedTree) Open(path string) (filesys.File, error) {
	return t.FileSystem.Open(t.resolve(path))
}

func (t *editedTree) Walk(path string, visit filepath.WalkFunc) error {
	return t.FileSystem.Walk(t.resolve(path), visit)
}

func (t *editedTree) Glob(pattern string) ([]string, error) {
	found, err := t.FileSystem.Glob(t.resolve(pattern))
	if err != nil || filepath.IsAbs(pattern) {
		return found, err
	}
	for i, path := range found {
		if found[i], err = filepath.Rel(t.directory, path); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// forgetSchema undoes what a kustomization's `openapi` did: the library keeps it for the whole program, and the next
// build of this instance is another's. Reading the built-in schema again is dear, so that it is done only then.
func (t *editedTree) forgetSchema() {
	if t.hasSchema {
		openapi.ResetOpenAPI()
	}
}

// inspect refuses what would fork a program or reach for the network, in words that name it.
func (t *editedTree) inspect(file string, content []byte) *failure {
	var fields map[string]any
	if yaml.Unmarshal(content, &fields) != nil {
		// Kustomize says better what is wrong with it.
		return nil
	}
	t.hasSchema = t.hasSchema || !isEmptyField(fields["openapi"])
	for _, name := range []string{"helmCharts", "helmGlobals", "helmChartInflationGenerator"} {
		if !isEmptyField(fields[name]) {
			return refuse("%s in %s, which would run Helm", name, file)
		}
	}
	for _, name := range []string{"resources", "bases", "components"} {
		entries, _ := fields[name].([]any)
		for _, entry := range entries {
			if text, isText := entry.(string); isText && t.isRemote(filepath.Dir(file), text) {
				return refuse("the remote %s entry %q in %s", name, withoutCredentials(text), file)
			}
		}
	}
	return nil
}

func isEmptyField(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	}
	return false
}

var (
	remoteEntry   = regexp.MustCompile(`(?i)^(git::|gh:|github\.com[/:]|[a-z][a-z0-9+.-]*://|[^/\s]+@[^/\s]+:)`)
	maybeRemote   = regexp.MustCompile(`\?ref=|\?version=|\?timeout=|\?submodules=|\.git(/|$|\?)|_git/|//`)
	userInfo      = regexp.MustCompile(`//[^/@\s]+@`)
	forksOrCalls  = regexp.MustCompile(`no 'git' program|executable file not found|dial tcp|HTTP Error|exec:`)
	wantsPlugin   = regexp.MustCompile(`external plugins disabled|unable to load external plugin|must specify --enable-helm|enable-alpha-plugins`)
	outsideOfRoot = regexp.MustCompile(`security; file '[^']*' is not in or below`)
)

func (t *editedTree) isRemote(directory, entry string) bool {
	if strings.Contains(entry, "\n") {
		return false
	}
	if remoteEntry.MatchString(entry) {
		return true
	}
	return maybeRemote.MatchString(entry) && !t.FileSystem.Exists(filepath.Join(directory, entry))
}

func withoutCredentials(url string) string { return userInfo.ReplaceAllString(url, "//") }

func refuse(format string, arguments ...any) *failure {
	return &failure{Kind: failedRefused, Message: fmt.Sprintf(format, arguments...)}
}

// explain tells a refusal from a mistake: Kustomize tries a refused entry in other ways and reports the last.
func (t *editedTree) explain(err error) error {
	if t.refused != nil {
		return t.refused
	}
	message := err.Error()
	switch {
	case outsideOfRoot.MatchString(message):
		return refuse("a file outside of the kustomization's folder, which the option --load-restrictor LoadRestrictionsNone would allow: %s", message)
	case forksOrCalls.MatchString(message):
		return refuse("something that is fetched or run by another program: %s", withoutCredentials(message))
	case wantsPlugin.MatchString(message):
		return refuse("a plugin or function: %s", message)
	}
	return err
}
