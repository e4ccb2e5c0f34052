// The reference of a fused multiply-add: in whole numbers, rounded once; and operands that are hard for one.

import { Random } from "../src/random.js";

/** A type of numbers: bits of its fraction, the first one among them, and the exponents of its least and largest bit. */
interface Format {
  readonly bits: number;
  readonly least: number;
  readonly most: number;
}
export const FORMATS = {
  float32: { bits: 24, least: -149, most: 127 },
  float64: { bits: 53, least: -1074, most: 1023 },
} as const satisfies Record<string, Format>;

const DOUBLE = new DataView(new ArrayBuffer(8));

// x = whole·2^exponent, of a finite double.
function partsOf(x: number): { whole: bigint; exponent: number } {
  DOUBLE.setFloat64(0, x);
  const high = DOUBLE.getUint32(0);
  const biased = (high >>> 20) & 2047;
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(DOUBLE.getUint32(4));
  const whole = biased === 0 ? fraction : fraction | (1n << 52n);
  return { whole: high >>> 31 ? -whole : whole, exponent: Math.max(biased, 1) - 1075 };
}

const lengthOf = (whole: bigint) => {
  const text = whole.toString(16);
  return 4 * text.length - Math.clz32(Number.parseInt(text[0]!, 16)) + 28;
};

/** The number of that format next to whole·2^exponent, the even one where there are two; infinite past the largest. */
function nearest(whole: bigint, exponent: number, { bits, least, most }: Format): number {
  const negative = whole < 0n;
  let size = negative ? -whole : whole;
  let unit = exponent;
  const cut = Math.max(lengthOf(size) - bits, least - exponent);
  if (cut > 0) {
    const rest = size & ((1n << BigInt(cut)) - 1n);
    const half = 1n << BigInt(cut - 1);
    size >>= BigInt(cut);
    unit += cut;
    if (rest > half || (rest === half && size & 1n)) size++;
  }
  let value: number;
  if (size === 0n) value = 0;
  else if (lengthOf(size) + unit - 1 > most) value = Infinity;
  else value = doubleOf(size, unit);
  return negative ? -value : value;
}

// size·2^unit, which is a double.
function doubleOf(size: bigint, unit: number): number {
  const length = lengthOf(size);
  const shift = Math.max(length - 53, -1074 - unit); // negative where the fraction is to be filled up
  const fraction = shift > 0 ? size >> BigInt(shift) : size << BigInt(-shift);
  const exponent = unit + shift;
  const biased = fraction >> 52n ? BigInt(exponent + 1075) : 0n;
  DOUBLE.setBigUint64(0, (biased << 52n) | (fraction & ((1n << 52n) - 1n)));
  return DOUBLE.getFloat64(0);
}

/** a·b + c in whole numbers, rounded once. What is not finite, and the sign of a 0, follow IEEE 754. */
export function exactFma(a: number, b: number, c: number, format: Format): number {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return a * b + c;
  if (!Number.isFinite(c)) return c;
  const [x, y, z] = [partsOf(a), partsOf(b), partsOf(c)];
  const product = x.whole * y.whole;
  if (product === 0n && z.whole === 0n) return (Object.is(Math.sign(a) * Math.sign(b), -0) ? -0 : 0) + c;
  const exponent = x.exponent + y.exponent;
  const apart = z.exponent - exponent;
  const sum = apart >= 0 ? product + (z.whole << BigInt(apart)) : (product << BigInt(-apart)) + z.whole;
  if (sum === 0n) return 0;
  return nearest(sum, Math.min(exponent, z.exponent), format);
}

export type Operands = [a: number, b: number, c: number];

const ZEROS = [0, -0, Infinity, -Infinity, Number.NaN, 1, -1];

/** Operands by number, the same everywhere: hard ones of several kinds in turn. */
export function* operands(name: keyof typeof FORMATS, seed: number): Generator<Operands> {
  const { bits, least, most } = FORMATS[name];
  const random = new Random(seed);
  const round = name === "float32" ? Math.fround : (x: number) => x;
  const below = (n: number) => Math.floor(random.uniform() * n);
  const sign = () => (below(2) ? 1 : -1);
  // a fraction of all bits, of few, of a power of 2, or of one beside it
  const fraction = (): number => {
    const unit = 2 ** (1 - bits);
    switch (below(4)) {
      case 0:
        return 1 + below(2 ** (bits - 1)) * unit;
      case 1:
        return 1 + below(2 ** Math.ceil(bits / 2)) * 2 ** -Math.ceil(bits / 2);
      case 2:
        return 1 + below(4) * unit;
      default:
        return 2 - (1 + below(4)) * unit;
    }
  };
  const power = (exponent: number) => (exponent < -1022 ? 2 ** (exponent + 200) * 2 ** -200 : 2 ** exponent);
  const one = (exponent: number) => round(sign() * fraction() * power(Math.max(least, Math.min(most, exponent))));
  const between = (from: number, to: number) => from + below(to - from + 1);
  const middle = Math.round((least + most) / 2);
  const edges = [...ZEROS, power(least), -power(least), power(least + bits - 1), (2 - 2 ** (1 - bits)) * power(most)];
  // a number that brings a·b near to the middle between two numbers, near to 0, or beside one of them
  const beside = (a: number, b: number): number => {
    const near = round(-a * b);
    switch (below(4)) {
      case 0:
        return near;
      case 1:
        return round(near * (1 + below(3) * 2 ** (1 - bits)));
      case 2:
        return round(near * power(between(-2 * bits - 2, 2 * bits + 2)));
      default:
        return round(sign() * power(Math.max(least, Math.min(most, exponentOf(a * b) + between(-bits - 2, bits + 2)))));
    }
  };
  for (let i = 0; ; i++) {
    switch (i % 8) {
      case 0: // all over the range
        yield [one(between(least, most)), one(between(least, most)), one(between(least, most))];
        break;
      case 1: // as in a training
      case 2: {
        const [a, b] = [one(between(-12, 4)), one(between(-12, 4))];
        yield [a, b, one(exponentOf(a * b) + between(-8, bits + 4))];
        break;
      }
      case 3: // cancellation, and halfway cases
      case 4: {
        const whole = i % 8 === 3 ? between(-30, 30) : between(least, most);
        const e = between(Math.max(least, whole - most), Math.min(most, whole - least));
        const [a, b] = [one(e), one(whole - e)];
        yield [a, b, beside(a, b)];
        break;
      }
      case 5: {
        // results about the least normal number and below
        const e = between(least, middle);
        const [a, b] = [one(e), one(least + bits - e + between(-bits - 6, 6))];
        yield [a, b, below(2) ? beside(a, b) : one(between(least, least + bits + 3))];
        break;
      }
      case 6: {
        // about the largest
        const e = between(0, most);
        const [a, b] = [one(e), one(most - e + between(-3, 3))];
        yield [a, b, below(2) ? beside(a, b) : one(between(most - bits - 3, most))];
        break;
      }
      default: {
        const any = () => (below(2) ? edges[below(edges.length)]! : one(between(least, most)));
        yield [any(), any(), any()];
      }
    }
  }
}

const exponentOf = (x: number) => (Number.isFinite(x) && x !== 0 ? Math.floor(Math.log2(Math.abs(x))) : 0);
