import { describe, expect, it } from "vitest";
import { applicationChoice } from "../../../src/cli/application-choice.ts";

function choose(positionals: readonly string[], file?: string) {
  return applicationChoice({ args: { positionals, values: file === undefined ? {} : { file } } });
}

describe("which Application is meant", () => {
  it("is the one of a file, one of several in it, or one of the control plane", () => {
    expect(choose([], "app.yaml")).toEqual({ file: "app.yaml", name: "" });
    expect(choose(["web"], "app.yaml")).toEqual({ file: "app.yaml", name: "web" });
    expect(choose(["web"])).toEqual({ file: "", name: "web" });
    expect(choose([], "-")).toEqual({ file: "-", name: "" });
  });

  it("is no file by itself", () => {
    expect(() => choose(["apps/web.yaml"])).toThrow(
      "`apps/web.yaml` is the name of a file: say -f apps/web.yaml",
    );
    expect(choose(["web.yaml"], "apps.yaml")).toEqual({ file: "apps.yaml", name: "web.yaml" });
  });

  it("must be said, and is one", () => {
    expect(() => choose([])).toThrow("say which Application");
    expect(() => choose(["web", "api"])).toThrow("one Application at a time, not also api");
  });
});
