const HEADER_BYTES = 8;
const MEMORY_SECTION = 5;
const PAGE_BYTES = 65_536;
const MAXIMUM_BYTES = 5;

/**
 * Lowers the maximum of the module's linear memory, in place: growing past it fails inside the instance, as it would
 * where a machine has no more. `engines/build.ts` leaves room for the number.
 *
 * @throws RangeError where the module is not as that script leaves it.
 * @see https://webassembly.github.io/spec/core/binary/modules.html#memory-section
 */
export function limitMemory(module: Uint8Array, bytesMax: number): void {
  lowerMaximum(memorySection(module), bytesMax);
}

function memorySection(module: Uint8Array): Uint8Array {
  for (let at = HEADER_BYTES; at < module.length; ) {
    const [size, contentAt] = readNumber(module, at + 1);
    const end = contentAt + size;
    if (module[at] === MEMORY_SECTION) return module.subarray(contentAt, end);
    at = end;
  }
  throw new RangeError("a module without a memory");
}

function lowerMaximum(section: Uint8Array, bytesMax: number): void {
  const [minimum, maximumAt] = readNumber(section, 2);
  const isAsLeft = section[0] === 1 && section[1] === 1 && section.length - maximumAt === MAXIMUM_BYTES;
  if (!isAsLeft) throw new RangeError("a memory without room for its maximum");
  let rest = Math.max(minimum, Math.floor(bytesMax / PAGE_BYTES));
  for (let index = 0; index < MAXIMUM_BYTES; index += 1) {
    const isLast = index === MAXIMUM_BYTES - 1;
    section[maximumAt + index] = (rest % 0x80) + (isLast ? 0 : 0x80);
    rest = Math.floor(rest / 0x80);
  }
}

/** Unsigned LEB128: the number and where it ends. */
function readNumber(bytes: Uint8Array, at: number): readonly [number, number] {
  let value = 0;
  for (let index = 0; ; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined || index > 4) throw new RangeError("a module that is cut off");
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return [value, at + index + 1];
  }
}
