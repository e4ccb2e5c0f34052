// Half floats, for which engines have no array.

/** The number of a half float's bits: a sign, 5 of exponent, 10 of fraction. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? 2 ** (exponent - 25) * (1024 + fraction) : 2 ** -24 * fraction);
}

const WIDE = new DataView(new ArrayBuffer(4));

/** The number of a bfloat16's bits: the upper half of a float's. */
export function fromBrain16(bits: number): number {
  WIDE.setUint32(0, bits << 16);
  return WIDE.getFloat32(0);
}
