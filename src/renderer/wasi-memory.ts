/** The instance's linear memory, which moves when it grows: views are made again whenever it has. */
export interface WasiMemory {
  attach(memory: WebAssembly.Memory): void;
  view(): DataView;
  bytes(): Uint8Array;
  text(at: number, length: number): string;
}

export function createWasiMemory(): WasiMemory {
  const decoder = new TextDecoder();
  let memory: WebAssembly.Memory | undefined;
  let view = new DataView(new ArrayBuffer(0));
  let bytes = new Uint8Array(0);

  function refresh(): void {
    if (memory === undefined || view.buffer === memory.buffer) return;
    view = new DataView(memory.buffer);
    bytes = new Uint8Array(memory.buffer);
  }

  return {
    attach(attached) {
      memory = attached;
    },
    view() {
      refresh();
      return view;
    },
    bytes() {
      refresh();
      return bytes;
    },
    text(at, length) {
      refresh();
      return decoder.decode(bytes.subarray(at, at + length));
    },
  };
}
