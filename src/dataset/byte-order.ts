// Numbers whose big end comes first, for engines whose little one does.

/** Every `unit` bytes the other way round, in place. */
export function turned(bytes: Uint8Array<ArrayBuffer>, unit: number): Uint8Array<ArrayBuffer> {
  if (unit > 1) for (let at = 0; at < bytes.length; at += unit) bytes.subarray(at, at + unit).reverse();
  return bytes;
}
