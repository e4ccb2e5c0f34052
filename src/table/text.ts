// The bytes of a text file as text, whichever encoding it has. Nothing is known here of what the text says.

/**
 * Text of UTF-8, of UTF-16 where a byte order mark says so, and of Latin-1 (as Windows writes it) where UTF-8 is
 * invalid; without the mark.
 */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16le").decode(swapped(bytes));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Pairs of bytes the other way round: not every engine decodes big-endian text. */
function swapped(bytes: Uint8Array): Uint8Array {
  const turned = bytes.slice();
  for (let i = 0; i + 1 < turned.length; i += 2) [turned[i], turned[i + 1]] = [bytes[i + 1]!, bytes[i]!];
  return turned;
}
