import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/**
 * Builds the engines: `node engines/build.ts` writes engines.wasm (ignored by Git), engines.wasm.br and engines.json;
 * `--check` builds in a temporary folder and fails unless the bytes are those that engines.wasm.br holds; `--test` runs
 * the tests of plain-yaml.
 *
 * The same sources and the same Go give the same bytes on any machine: no paths, no version control stamps, no
 * toolchain downloaded behind our back, every dependency pinned by go.sum.
 */
const here = import.meta.dirname;
const BUILD = ["build", "-buildmode=c-shared", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w"];
const BROTLI_QUALITY = 9;
const MEMORY_SECTION = 5;
/** 65,536 pages, LEB128 in five bytes. */
const PAGES_MAX_PADDED = [0x80, 0x80, 0x84, 0x80, 0x00];
/** Whose versions are told by `plumbline version`. */
const LIBRARIES = {
  Helm: "helm.sh/helm/v4",
  Kustomize: "sigs.k8s.io/kustomize/kustomize/v5",
  "Kustomize API": "sigs.k8s.io/kustomize/api",
  YAML: "sigs.k8s.io/yaml",
};

const environment = {
  ...process.env,
  GOTOOLCHAIN: "local",
  GOFLAGS: "-mod=mod",
  GOOS: "wasip1",
  GOARCH: "wasm",
  GOWASM: "",
  GOEXPERIMENT: "",
  CGO_ENABLED: "0",
};

if (process.argv.includes("--check")) check();
else if (process.argv.includes("--test")) test();
else write();

function write(): void {
  const module = build(join(here, "engines.wasm"));
  writeFileSync(join(here, "engines.wasm.br"), compress(module));
  writeFileSync(join(here, "engines.json"), `${JSON.stringify(describe(module), null, 2)}\n`);
  console.log(`engines.wasm ${module.length} bytes, sha256 ${sha256(module)}`);
}

function check(): void {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-engines-"));
  try {
    const built = build(join(folder, "engines.wasm"));
    const committed = brotliDecompressSync(readFileSync(join(here, "engines.wasm.br")));
    const described = `${JSON.stringify(describe(built), null, 2)}\n`;
    if (!built.equals(committed))
      fail(`engines.wasm.br holds ${sha256(committed)}, the sources give ${sha256(built)}`);
    if (readFileSync(join(here, "engines.json"), "utf8") !== described)
      fail("engines.json is not what the sources give");
    console.log(`engines.wasm.br is what the sources give: sha256 ${sha256(built)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function test(): void {
  go(["test", "go.yaml.in/yaml/v2"], { ...environment, GOOS: "", GOARCH: "" });
}

function build(output: string): Buffer {
  go([...BUILD, "-o", output, "."]);
  const module = reserveMaximum(readFileSync(output));
  writeFileSync(output, module);
  return module;
}

/**
 * Gives the module's memory a maximum, which Go's linker leaves out: the highest there is, written in as many bytes as
 * any number can need, so that src/renderer/memory-limit.ts can lower it in place.
 */
function reserveMaximum(module: Buffer): Buffer {
  for (let at = 8; at < module.length; ) {
    const [size, contentAt] = readNumber(module, at + 1);
    const end = contentAt + size;
    if (module[at] === MEMORY_SECTION) {
      if (module[contentAt] !== 1 || module[contentAt + 1] !== 0)
        fail("the module's memory is not as Go used to write it");
      const content = [1, 1, ...module.subarray(contentAt + 2, end), ...PAGES_MAX_PADDED];
      const section = Buffer.from([MEMORY_SECTION, content.length, ...content]);
      return Buffer.concat([module.subarray(0, at), section, module.subarray(end)]);
    }
    at = end;
  }
  return fail("the module has no memory");
}

/** Unsigned LEB128: the number and where it ends. */
function readNumber(bytes: Buffer, at: number): readonly [number, number] {
  let value = 0;
  for (let index = 0; ; index += 1) {
    const byte = bytes.readUInt8(at + index);
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return [value, at + index + 1];
  }
}

function describe(module: Buffer): object {
  const versions = Object.entries(LIBRARIES).map(([name, path]) => [
    name,
    go(["list", "-m", "-f", "{{.Version}}", path]).trim(),
  ]);
  return {
    sha256: sha256(module),
    bytes: module.length,
    go: go(["env", "GOVERSION"]).trim(),
    libraries: Object.fromEntries(versions),
  };
}

function compress(module: Buffer): Buffer {
  return brotliCompressSync(module, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: module.length,
    },
  });
}

function go(arguments_: readonly string[], env: NodeJS.ProcessEnv = environment): string {
  const { status, stdout, error } = spawnSync("go", arguments_, {
    cwd: here,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (error !== undefined) fail(`Go could not be started: ${error.message}`);
  if (status !== 0) fail(`${stdout}go ${arguments_[0]} failed`);
  return stdout;
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
