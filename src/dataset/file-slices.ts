// A file of which any part can be read, wherever it lies.

/** A Blob or what is like one: a File of a page, what Node's fs.openAsBlob gives. */
export interface FileSlices {
  /** Bytes. */
  readonly size: number;
  /** Some of its bytes, which are read when they are asked for. */
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}
