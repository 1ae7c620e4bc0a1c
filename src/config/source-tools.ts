import type { DirectorySource, HelmParameter, HelmSource, KustomizeSource } from "../domain/application.ts";
import { type Fields, isZero, nonZero } from "./fields.ts";
import type { Notes } from "./notes.ts";

type KustomizeReplicas = NonNullable<KustomizeSource["replicas"]>;

/** `helm`, or undefined where it is absent or all of it is zero: Argo CD removes such a block. */
export function readHelm(source: Fields, notes: Notes): HelmSource | undefined {
  const helm = source.object("helm");
  if (helm === undefined) return undefined;
  const valuesObject = helm.rawObject("valuesObject");
  const fields = nonZero<Omit<HelmSource, "valuesObject">>({
    releaseName: helm.string("releaseName"),
    valueFiles: helm.strings("valueFiles"),
    values: helm.string("values"),
    parameters: helm.objects("parameters")?.map(readParameter),
    fileParameters: helm.objects("fileParameters")?.map(readFileParameter),
    ignoreMissingValueFiles: helm.boolean("ignoreMissingValueFiles"),
    skipCrds: helm.boolean("skipCrds"),
    skipTests: helm.boolean("skipTests"),
    skipSchemaValidation: helm.boolean("skipSchemaValidation"),
    namespace: helm.string("namespace"),
    kubeVersion: helm.string("kubeVersion"),
    apiVersions: helm.strings("apiVersions"),
  });
  checkHelmVersion(helm, notes);
  if (helm.boolean("passCredentials") === true) {
    notes.notHonoured(helm.at("passCredentials"), "Charts are fetched from nowhere but the repository");
  }
  helm.done();
  // An empty `valuesObject` is not zero: it hides `values`, and it makes the block an explicit choice of Helm.
  const result: HelmSource = valuesObject === undefined ? fields : { ...fields, valuesObject };
  return isZero(result) ? undefined : result;
}

function checkHelmVersion(helm: Fields, notes: Notes): void {
  const version = helm.text("version");
  if (version === "") return;
  if (version === "v3" || version === "v4") {
    notes.notHonoured(
      helm.at("version"),
      "The Helm that is built in renders it; `plumbline version` names it",
    );
  } else {
    helm.invalid("version", "is neither `v3` nor `v4`");
  }
}

function readParameter(fields: Fields): HelmParameter {
  const parameter = {
    name: fields.required("name"),
    value: fields.text("value"),
    forceString: fields.boolean("forceString") ?? false,
  };
  fields.done();
  return parameter;
}

function readFileParameter(fields: Fields): { readonly name: string; readonly path: string } {
  const parameter = { name: fields.required("name"), path: fields.required("path") };
  fields.done();
  return parameter;
}

/** `kustomize`, or undefined where it is absent or all of it is zero. */
export function readKustomize(source: Fields, notes: Notes): KustomizeSource | undefined {
  const kustomize = source.object("kustomize");
  if (kustomize === undefined) return undefined;
  const result = nonZero<KustomizeSource>({
    namePrefix: kustomize.string("namePrefix"),
    nameSuffix: kustomize.string("nameSuffix"),
    images: kustomize.strings("images"),
    replicas: kustomize.objects("replicas")?.map(readReplicas),
    commonLabels: kustomize.stringMap("commonLabels"),
    commonAnnotations: kustomize.stringMap("commonAnnotations"),
    forceCommonLabels: kustomize.boolean("forceCommonLabels"),
    forceCommonAnnotations: kustomize.boolean("forceCommonAnnotations"),
    commonAnnotationsEnvsubst: kustomize.boolean("commonAnnotationsEnvsubst"),
    labelWithoutSelector: kustomize.boolean("labelWithoutSelector"),
    labelIncludeTemplates: kustomize.boolean("labelIncludeTemplates"),
    namespace: kustomize.string("namespace"),
    patches: kustomize.rawObjects("patches"),
    components: kustomize.strings("components"),
    ignoreMissingComponents: kustomize.boolean("ignoreMissingComponents"),
    kubeVersion: kustomize.string("kubeVersion"),
    apiVersions: kustomize.strings("apiVersions"),
  });
  if (kustomize.text("version") !== "") {
    const consequence =
      "The Kustomize that is built in renders it, perhaps differently from the one asked for";
    notes.keepsFromSync(kustomize.at("version"), consequence);
  }
  kustomize.done();
  return isZero(result) ? undefined : result;
}

function readReplicas(fields: Fields): KustomizeReplicas[number] {
  const name = fields.required("name");
  const count = fields.raw("count");
  fields.done();
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 0) return { name, count };
  if (typeof count === "string" && /^[0-9]+$/.test(count)) return { name, count };
  fields.invalid("count", "is not a number of replicas");
  return { name, count: 0 };
}

/** `directory`, or undefined where it is absent or all of it is zero. */
export function readDirectory(source: Fields, notes: Notes): DirectorySource | undefined {
  const directory = source.object("directory");
  if (directory === undefined) return undefined;
  const result = nonZero<DirectorySource>({
    recurse: directory.boolean("recurse"),
    include: directory.string("include"),
    exclude: directory.string("exclude"),
    disableExtensionFilter: directory.boolean("disableExtensionFilter"),
  });
  const jsonnet = directory.rawObject("jsonnet");
  if (jsonnet !== undefined && Object.values(jsonnet).some((value) => !isZero(value))) {
    notes.cannotBeRendered(directory.at("jsonnet"), "Jsonnet");
  }
  directory.done();
  return isZero(result) ? undefined : result;
}
