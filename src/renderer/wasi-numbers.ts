/**
 * Numbers of WASI preview 1, as far as Go's runtime meets them.
 *
 * @see https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md
 */
export const ERRNO = {
  success: 0,
  badFile: 8,
  invalid: 28,
  isDirectory: 31,
  noEntry: 44,
  notDirectory: 54,
  notSupported: 58,
  readOnly: 69,
  seekPipe: 70,
} as const;

export const FILE_TYPE = { character: 2, directory: 3, regular: 4, link: 7 } as const;

export const CLOCK = { realtime: 0, monotonic: 1 } as const;

export const LOOKUP_FOLLOW = 1;
export const OPEN_DIRECTORY = 2;
/** Create, exclusive, truncate. */
export const OPEN_WRITES = 1 | 4 | 8;
export const WHENCE = { set: 0, current: 1, end: 2 } as const;

/** First descriptor after the three streams: the tree's root. */
export const ROOT_FD = 3;
