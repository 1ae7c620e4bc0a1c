package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader"
	v2 "helm.sh/helm/v4/pkg/chart/v2"
	v2loader "helm.sh/helm/v4/pkg/chart/v2/loader"
	v2util "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	release "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	"helm.sh/helm/v4/pkg/strvals"
)

// renderHelm does what `helm template` does, step by step in its order, so that of two errors the same one is told.
func renderHelm(asked *helmRequest, bounds limits) ([]byte, error) {
	capabilities, err := capabilitiesOf(asked)
	if err != nil {
		return nil, err
	}
	values, err := valuesOf(asked)
	if err != nil {
		return nil, err
	}
	loaded, err := loadChart(asked.Chart)
	if err != nil {
		return nil, err
	}
	if err := v2util.ValidateReleaseName(asked.ReleaseName); err != nil {
		return nil, fmt.Errorf("release name check failed: %w", err)
	}
	if err := v2util.ProcessDependencies(loaded, values); err != nil {
		return nil, fmt.Errorf("chart dependencies processing failed: %w", err)
	}
	scope, err := util.ToRenderValuesWithSchemaValidation(loaded, values, common.ReleaseOptions{
		Name: asked.ReleaseName, Namespace: asked.Namespace, Revision: 1, IsInstall: true,
	}, capabilities, asked.SkipSchemaValidation)
	if err != nil {
		if found := remoteSchema.FindStringSubmatch(err.Error()); found != nil {
			return nil, refuse("the values schema %s, which would be fetched", withoutCredentials(found[1]))
		}
		return nil, err
	}
	if wanted := loaded.Metadata.KubeVersion; wanted != "" && !v2util.IsCompatibleRange(wanted, capabilities.KubeVersion.String()) {
		return nil, fmt.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s", wanted, capabilities.KubeVersion.Version)
	}
	files, err := engine.Engine{CustomTemplateFuncs: watchedFunctions}.Render(loaded, scope)
	if err != nil {
		return nil, err
	}
	size := 0
	for _, content := range files {
		size += len(content)
	}
	if bounds.OutputBytes > 0 && size > bounds.OutputBytes {
		// Said before it is all parsed, which takes far longer than printing it.
		return nil, &failure{Kind: failedOutput, Message: "more output than is rendered"}
	}
	return printHelm(loaded, files, asked)
}

var remoteSchema = regexp.MustCompile(`failing loading "(https?://[^"]*)"`)

// valuesOf merges what the user sets, lowest precedence first.
func valuesOf(asked *helmRequest) (map[string]any, error) {
	values := map[string]any{}
	for _, name := range asked.ValueFiles {
		content, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if values, err = merged(values, name, content); err != nil {
			return nil, err
		}
	}
	if asked.Values != "" {
		var err error
		if values, err = merged(values, "the Application's values", []byte(asked.Values)); err != nil {
			return nil, err
		}
	}
	readFile := func(name []rune) (any, error) {
		content, err := os.ReadFile(string(name))
		return string(content), err
	}
	settings := []struct {
		flag  string
		texts []string
		parse func(string, map[string]any) error
	}{
		{"--set", asked.Set, strvals.ParseInto},
		{"--set-string", asked.SetString, strvals.ParseIntoString},
		{"--set-file", asked.SetFile, func(text string, into map[string]any) error {
			return strvals.ParseIntoFile(text, into, readFile)
		}},
	}
	for _, setting := range settings {
		for _, text := range setting.texts {
			if err := setting.parse(text, values); err != nil {
				return nil, fmt.Errorf("failed parsing %s data: %w", setting.flag, err)
			}
		}
	}
	return values, nil
}

func merged(values map[string]any, name string, content []byte) (map[string]any, error) {
	more, err := v2loader.LoadValues(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("failed to parse %s: %w", name, err)
	}
	return v2loader.MergeMaps(values, more), nil
}

func loadChart(directory string) (*v2.Chart, error) {
	found, err := loader.Load(directory)
	if err != nil {
		return nil, err
	}
	accessor, err := chart.NewAccessor(found)
	if err != nil {
		return nil, err
	}
	if kind := accessor.MetadataAsMap()["Type"]; kind != "" && kind != "application" {
		return nil, fmt.Errorf("%s charts are not installable", kind)
	}
	loaded, isV2 := found.(*v2.Chart)
	if !isV2 {
		return nil, errors.New("invalid chart apiVersion")
	}
	if missing := missingDependencies(loaded); len(missing) > 0 {
		return nil, &failure{Kind: failedDependencies, Message: strings.Join(missing, ", ")}
	}
	return loaded, nil
}

func missingDependencies(loaded *v2.Chart) []string {
	var missing []string
	for _, wanted := range loaded.Metadata.Dependencies {
		if !slices.ContainsFunc(loaded.Dependencies(), func(d *v2.Chart) bool { return d.Name() == wanted.Name }) {
			missing = append(missing, wanted.Name)
		}
	}
	return missing
}

// printHelm writes what the program writes: CRDs, manifests in install order, then hooks.
func printHelm(loaded *v2.Chart, files map[string]string, asked *helmRequest) ([]byte, error) {
	for name := range files {
		if strings.HasSuffix(name, "NOTES.txt") {
			delete(files, name)
		}
	}
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	if !asked.SkipCRDs {
		for _, crd := range loaded.CRDObjects() {
			printSource(&body, crd.Filename, string(crd.File.Data))
		}
	}
	for _, manifest := range manifests {
		printSource(&body, manifest.Name, manifest.Content)
	}
	var out bytes.Buffer
	out.Write(bytes.TrimSpace(body.Bytes()))
	out.WriteByte('\n')
	for _, hook := range hooks {
		if asked.SkipTests && slices.Contains(hook.Events, release.HookTest) {
			continue
		}
		printSource(&out, hook.Path, hook.Manifest)
	}
	return out.Bytes(), nil
}

func printSource(out *bytes.Buffer, name, content string) {
	fmt.Fprintf(out, "---\n# Source: %s\n%s\n", name, content)
}

func capabilitiesOf(asked *helmRequest) (*common.Capabilities, error) {
	capabilities := common.DefaultCapabilities.Copy()
	capabilities.APIVersions = slices.Concat(knownVersions, asked.APIVersions)
	capabilities.HelmVersion.Version = helmVersion
	capabilities.HelmVersion.GitCommit = helmCommit
	capabilities.HelmVersion.GitTreeState = "clean"
	capabilities.HelmVersion.GoVersion = helmGoVersion
	if asked.KubeVersion != "" {
		version, err := common.ParseKubeVersion(asked.KubeVersion)
		if err != nil {
			return nil, fmt.Errorf("invalid kube version '%s': %w", asked.KubeVersion, err)
		}
		capabilities.KubeVersion = *version
	}
	return capabilities, nil
}

// What the released program says of itself in `.Capabilities.HelmVersion`.
const (
	helmVersion   = "v4.2.3"
	helmCommit    = "43e8b7feece8beb0fcba47059ec9b522fd929a64"
	helmGoVersion = "go1.26.5"
)

// knownVersions is the released program's default `.Capabilities.APIVersions`: it lists what the client library it was
// built with knows, which is stubbed here.
var knownVersions = common.VersionSet{
	"v1",
	"admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v1alpha1", "admissionregistration.k8s.io/v1beta1",
	"internal.apiserver.k8s.io/v1alpha1",
	"apps/v1", "apps/v1beta1", "apps/v1beta2",
	"authentication.k8s.io/v1", "authentication.k8s.io/v1alpha1", "authentication.k8s.io/v1beta1",
	"authorization.k8s.io/v1", "authorization.k8s.io/v1beta1",
	"autoscaling/v1", "autoscaling/v2",
	"batch/v1", "batch/v1beta1",
	"certificates.k8s.io/v1", "certificates.k8s.io/v1beta1", "certificates.k8s.io/v1alpha1",
	"coordination.k8s.io/v1alpha2", "coordination.k8s.io/v1beta1", "coordination.k8s.io/v1",
	"discovery.k8s.io/v1", "discovery.k8s.io/v1beta1",
	"events.k8s.io/v1", "events.k8s.io/v1beta1",
	"extensions/v1beta1",
	"flowcontrol.apiserver.k8s.io/v1", "flowcontrol.apiserver.k8s.io/v1beta1",
	"flowcontrol.apiserver.k8s.io/v1beta2", "flowcontrol.apiserver.k8s.io/v1beta3",
	"networking.k8s.io/v1", "networking.k8s.io/v1beta1",
	"node.k8s.io/v1", "node.k8s.io/v1alpha1", "node.k8s.io/v1beta1",
	"policy/v1", "policy/v1beta1",
	"rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1", "rbac.authorization.k8s.io/v1alpha1",
	"resource.k8s.io/v1", "resource.k8s.io/v1beta2", "resource.k8s.io/v1beta1", "resource.k8s.io/v1alpha3",
	"scheduling.k8s.io/v1alpha2", "scheduling.k8s.io/v1beta1", "scheduling.k8s.io/v1",
	"storage.k8s.io/v1beta1", "storage.k8s.io/v1", "storage.k8s.io/v1alpha1",
	"storagemigration.k8s.io/v1beta1",
	"apiextensions.k8s.io/v1beta1", "apiextensions.k8s.io/v1",
}
