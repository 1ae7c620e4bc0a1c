import { expect, it } from "vitest";
import { parseKustomizeOptions } from "../../../src/domain/kustomize-options.ts";

const NONE = { isUnrestricted: false, reorder: "", hasManagedByLabel: false, ignored: [] };

it.for<[text: string, options: object]>([
  ["", {}],
  ["--load-restrictor LoadRestrictionsNone", { isUnrestricted: true }],
  ["--load-restrictor=LoadRestrictionsNone", { isUnrestricted: true }],
  ["--load-restrictor=LoadRestrictionsRootOnly", {}],
  ["--load-restrictor=LoadRestrictionsNone --load-restrictor LoadRestrictionsRootOnly", {}],
  ["--load-restrictor=Loose", { ignored: ["--load-restrictor"] }],
  ["--load-restrictor", { ignored: ["--load-restrictor"] }],
  ["  --reorder none\n", { reorder: "none" }],
  ["--reorder=legacy", { reorder: "legacy" }],
  ["--reorder=best", { ignored: ["--reorder"] }],
  ["--enable-managedby-label", { hasManagedByLabel: true }],
  ["--enable-managedby-label=false", {}],
  ["--enable-helm --helm-command /bin/helm", { ignored: ["--enable-helm", "--helm-command"] }],
  [
    "--enable-helm --load-restrictor LoadRestrictionsNone --enable-alpha-plugins",
    { isUnrestricted: true, ignored: ["--enable-helm", "--enable-alpha-plugins"] },
  ],
  ["-e A=b --reorder=none", { reorder: "none", ignored: ["-e"] }],
])("%j is understood", ([text, options]) => {
  expect(parseKustomizeOptions(text)).toEqual({ ...NONE, ...options });
});
