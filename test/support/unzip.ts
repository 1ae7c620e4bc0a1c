import { inflateRawSync } from "node:zlib";

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const DEFLATED = 8;

/** One file of a zip archive; `undefined` where there is none of that name. Enough for archives we chose ourselves. */
export function unzipFile(archive: Buffer, wanted: string): Buffer | undefined {
  const end = archive.lastIndexOf(uint32(END_OF_DIRECTORY));
  if (end === -1) throw new Error("not a zip archive");
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error("a damaged zip archive");
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) =>
      archive.readUInt16LE(at + offset),
    );
    const name = archive.toString("utf8", at + 46, at + 46 + (nameBytes ?? 0));
    if (name === wanted) return contentOf(archive, at);
    at += 46 + (nameBytes ?? 0) + (extraBytes ?? 0) + (commentBytes ?? 0);
  }
  return undefined;
}

function contentOf(archive: Buffer, entry: number): Buffer {
  const header = archive.readUInt32LE(entry + 42);
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const content = archive.subarray(start, start + archive.readUInt32LE(entry + 20));
  return archive.readUInt16LE(entry + 10) === DEFLATED ? inflateRawSync(content) : content;
}

const TAR_BLOCK_BYTES = 512;

/** One file of a tar archive. */
export function untarFile(archive: Buffer, wanted: string): Buffer | undefined {
  for (let at = 0; at + TAR_BLOCK_BYTES <= archive.length; ) {
    const name = textAt(archive, at, 100);
    const prefix = textAt(archive, at + 345, 155);
    const bytes = Number.parseInt(textAt(archive, at + 124, 12), 8) || 0;
    const start = at + TAR_BLOCK_BYTES;
    if ((prefix === "" ? name : `${prefix}/${name}`) === wanted)
      return archive.subarray(start, start + bytes);
    at = start + Math.ceil(bytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
  }
  return undefined;
}

function textAt(archive: Buffer, at: number, length: number): string {
  const field = archive.toString("utf8", at, at + length);
  return field.split("\0")[0]?.trim() ?? "";
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
