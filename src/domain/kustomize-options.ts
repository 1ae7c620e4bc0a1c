/** What `kustomize.buildOptions` of an `argocd-cm` asks of a build. */
export interface KustomizeOptions {
  /** Files outside of a kustomization's folder may be read: those of its repository, there are no others. */
  readonly isUnrestricted: boolean;
  /** `none` keeps the order of the resources, `legacy` sorts by kind; `""` leaves it to the kustomization. */
  readonly reorder: "" | "none" | "legacy";
  readonly hasManagedByLabel: boolean;
  /** Options that change nothing here, as they were written. */
  readonly ignored: readonly string[];
}

/** What stands behind these on the command line is their value. */
const WITH_VALUE = new Set([
  "--env",
  "--helm-api-versions",
  "--helm-command",
  "--helm-kube-version",
  "--load-restrictor",
  "--mount",
  "--network-name",
  "--output",
  "--reorder",
  "-e",
  "-o",
]);

/** Reads the options as a shell would hand them to `kustomize build` (argocd-behaviour §3.6). */
export function parseKustomizeOptions(text: string): KustomizeOptions {
  let options: KustomizeOptions = {
    isUnrestricted: false,
    reorder: "",
    hasManagedByLabel: false,
    ignored: [],
  };
  for (const option of optionsOf(text.split(/\s+/).filter((word) => word !== ""))) {
    options = { ...options, ...(effectOf(option) ?? { ignored: [...options.ignored, option.name] }) };
  }
  return options;
}

interface Option {
  readonly name: string;
  readonly value: string;
}

function* optionsOf(words: readonly string[]): Generator<Option> {
  let waiting = "";
  for (const word of words) {
    if (waiting !== "") {
      yield { name: waiting, value: word };
      waiting = "";
      continue;
    }
    const [name = "", value] = word.split(/=(.*)/s, 2);
    if (value === undefined && WITH_VALUE.has(name)) waiting = name;
    else yield { name, value: value ?? "true" };
  }
  if (waiting !== "") yield { name: waiting, value: "" };
}

function effectOf({ name, value }: Option): Partial<KustomizeOptions> | undefined {
  switch (`${name} ${value}`) {
    case "--load-restrictor LoadRestrictionsNone":
      return { isUnrestricted: true };
    case "--load-restrictor LoadRestrictionsRootOnly":
      return { isUnrestricted: false };
    case "--reorder none":
    case "--reorder legacy":
      return { reorder: value === "none" ? "none" : "legacy" };
    case "--enable-managedby-label true":
    case "--enable-managedby-label false":
      return { hasManagedByLabel: value === "true" };
    default:
      return undefined;
  }
}
