/** As much of the global as is used here: TypeScript has it in the browser's library only. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
  }

  /** Compiled code; can be posted to workers. */
  interface Module {
    readonly [Symbol.toStringTag]: "WebAssembly.Module";
  }

  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, object>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }

  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>;
}
