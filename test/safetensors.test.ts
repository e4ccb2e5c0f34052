// Safetensors: one handmade file per rule, on both sides of each boundary; round trips; seeded damage.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../src/errors.js";
import { readSafetensors, type Tensor, writeSafetensors } from "../src/network/safetensors.js";

/** A handmade file: the header as given (text, bytes, or a value for JSON), then `data` bytes 0, 1, 2, … */
function file(header: unknown, data = 0, length?: bigint): Uint8Array {
  const encode = (text: string) => new TextEncoder().encode(text);
  const bytes =
    header instanceof Uint8Array ? header : encode(typeof header === "string" ? header : JSON.stringify(header));
  const made = new Uint8Array(8 + bytes.length + data);
  new DataView(made.buffer).setBigUint64(0, length ?? BigInt(bytes.length), true);
  made.set(bytes, 8);
  for (let i = 0; i < data; i++) made[8 + bytes.length + i] = i;
  return made;
}

const f32 = (shape: unknown, begin: unknown, end: unknown) => ({ dtype: "F32", shape, data_offsets: [begin, end] });

/** The message of the E_MODEL error that reading ends in, without who and which file. */
function refusal(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes, "cats.safetensors");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.code).toBe("E_MODEL");
    expect(error.message).toMatch(/^readSafetensors: cats\.safetensors [^\n]+[^.]\.$/);
    expect(error.message.length).toBeLessThan(300);
    return error.message.slice("readSafetensors: cats.safetensors ".length, -1);
  }
  return "accepted";
}

/** Everything there is to know of some tensors, with numbers as bits. */
const facts = (tensors: Iterable<Tensor>) =>
  Array.from(tensors, ({ name, dtype, shape, data }) => {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");
    return { name, dtype, shape: [...shape], type: data.constructor.name, bytes };
  });

const tensors: Tensor[] = [
  { name: "0.weight", dtype: "F32", shape: [3, 2], data: Float32Array.of(1, -0, Number.NaN, 1e-45, -Infinity, 0.1) },
  { name: "0.bias", dtype: "F32", shape: [3], data: Float32Array.of(1, 2, 3) },
  { name: "step", dtype: "F64", shape: [], data: Float64Array.of(Math.PI) },
  { name: "none", dtype: "F64", shape: [7, 0, 2], data: new Float64Array() },
];
const metadata = { format: "wasmlp", layers: "[2,3]", naïve: "猫\n\u0000" };

describe("writeSafetensors", () => {
  test("writes the bytes of the format", () => {
    const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const bytes = writeSafetensors([{ name: "w", dtype: "F32", shape: [2], data }], { a: "b" });
    const header = `{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`;
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(header.length % 8).not.toBe(0); // or the padding would not be seen
    expect([...bytes.subarray(0, 8)]).toEqual([padded.length, 0, 0, 0, 0, 0, 0, 0]);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + padded.length))).toBe(padded);
    expect([...bytes.subarray(8 + padded.length)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]);
  });

  test("throws RangeError for tensors that contradict themselves", () => {
    const [w, bias] = tensors as [Tensor, Tensor];
    const mistakes: Tensor[][] = [
      [{ ...w, shape: [3, 3] }],
      [{ ...w, dtype: "F64" }],
      [w, bias, { ...bias, name: w.name }],
      [{ ...w, name: "__metadata__" }],
    ];
    for (const mistake of mistakes) expect(() => writeSafetensors(mistake, {})).toThrow(RangeError);
  });
});

describe("readSafetensors", () => {
  test("gives back what was written, in order and bit by bit", () => {
    const read = readSafetensors(writeSafetensors(tensors, metadata));
    expect(facts(read.tensors.values())).toEqual(facts(tensors));
    expect([...read.tensors.keys()]).toEqual(["0.weight", "0.bias", "step", "none"]);
    expect({ ...read.metadata }).toEqual(metadata);
  });

  test("gives back any tensors and metadata", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("__proto__", "constructor", "7", '"', "\\"));
    const tensor = fc
      .tuple(
        text,
        fc.boolean(),
        fc.array(fc.nat(3), { maxLength: 4 }),
        fc.array(fc.double(), { minLength: 81, maxLength: 81 }),
      )
      .map(([name, double, shape, numbers]): Tensor => {
        const values = numbers.slice(
          0,
          shape.reduce((product, size) => product * size, 1),
        );
        return double
          ? { name, dtype: "F64", shape, data: Float64Array.from(values) }
          : { name, dtype: "F32", shape, data: Float32Array.from(values) };
      })
      .filter(({ name }) => name !== "__metadata__");
    const list = fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 6 });
    const pairs = fc.uniqueArray(fc.tuple(text, text), { selector: ([key]) => key, maxLength: 4 });
    const property = fc.property(list, pairs, (list, pairs) => {
      const written: Record<string, string> = Object.create(null);
      for (const [key, value] of pairs) written[key] = value;
      const bytes = writeSafetensors(list, written);
      const read = readSafetensors(bytes);
      const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1); // empty ones share a place
      expect(facts(read.tensors.values()).sort(byName)).toEqual(facts(list).sort(byName));
      expect(new Map(Object.entries(read.metadata))).toEqual(new Map(pairs));
      expect(bytes.indexOf(0x7b)).toBe(8);
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });

  test("copies, so that neither an odd place in memory nor a change to the bytes matters", () => {
    const written = writeSafetensors(tensors, metadata);
    for (const shift of [0, 1, 2, 3, 7]) {
      const shifted = Buffer.alloc(written.length + shift).subarray(shift); // a Buffer's slice would share
      shifted.set(written);
      const read = readSafetensors(shifted);
      shifted.fill(0xff);
      expect(facts(read.tensors.values())).toEqual(facts(tensors));
    }
  });

  test("takes tensors in any order of the header, and gives them in the order of their data", () => {
    const read = readSafetensors(file({ b: f32([1], 4, 8), a: f32([1], 0, 4), none: f32([0], 4, 4) }, 8));
    expect([...read.tensors.keys()]).toEqual(["a", "none", "b"]);
    expect(read.tensors.get("b")?.data[0]).toBe(new Float32Array(Uint8Array.of(4, 5, 6, 7).buffer)[0]);
  });

  test("keeps __proto__ a name like any other", () => {
    const read = readSafetensors(
      file(`{"__metadata__":{"__proto__":"m"},"__proto__":${JSON.stringify(f32([1], 0, 4))}}`, 4),
    );
    expect(Object.entries(read.metadata)).toEqual([["__proto__", "m"]]);
    expect(Object.getPrototypeOf(read.metadata)).toBe(null);
    expect(read.tensors.get("__proto__")?.shape).toEqual([1]);
    expect(refusal(file('{"w":{"__proto__":{"dtype":"F32"}}}'))).toContain("of dtype nothing");
  });

  test("says what the bytes are when they are no safetensors", () => {
    const html = new TextEncoder().encode("<!DOCTYPE html><html><title>404</title></html>");
    expect(refusal(html)).toMatch(/^is .*HTML.*, wanted a safetensors file \(byte 8 is no "\{"\)$/i);
    const hdf5 = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0, 0, 8, 8, 0);
    expect(refusal(hdf5)).toMatch(/^is .*HDF5/);
    expect(() => readSafetensors(hdf5)).toThrow(/^readSafetensors: the file is /);
  });
});

// Both sides of each boundary stand side by side: what is accepted, then what is refused and why.
describe("readSafetensors holds every rule:", () => {
  const whole = writeSafetensors(tensors, metadata);
  const sized = (n: number) => `{}${" ".repeat(n - 2)}`;
  const spelt = (...text: number[]) => {
    const header = new TextEncoder().encode(`{"__metadata__":{"a":"${"?".repeat(text.length)}"}}`);
    header.set(text, header.indexOf(0x3f));
    return header;
  };
  const twice = "has the key";

  test.each<[string, Uint8Array, string | RegExp]>([
    ["no bytes", new Uint8Array(0), "has 0 bytes, wanted the 10 of the smallest safetensors file or more"],
    ["1 byte", new Uint8Array(1), /^has 1 bytes/],
    ["7 bytes", new Uint8Array(7), /^has 7 bytes/],
    ["8 bytes", new Uint8Array(8), /^has 8 bytes/],
    ["9 bytes", file("{", 0, 2n), /^has 9 bytes/],
    ["10 bytes", file("{}"), "accepted"],

    ["header of 0 bytes", file("{}", 0, 0n), "declares a header of 0 bytes, wanted 2 or more"],
    ["header of 1 byte", file("{}", 0, 1n), "declares a header of 1 bytes, wanted 2 or more"],
    ["header of 2 bytes", file(sized(2)), "accepted"],
    ["header of 7 bytes", file(sized(7)), "accepted"],
    ["header of 8 bytes", file(sized(8)), "accepted"],
    [
      "header one byte longer than the file",
      file(sized(8), 0, 9n),
      /^declares a header of 9 bytes but has 8 after the/,
    ],
    ["header of 100,000,000 bytes", file(sized(100_000_000)), "accepted"],
    [
      "header of 100,000,000 bytes, cut",
      file("{}", 0, 100_000_000n),
      /^declares a header of 100000000 bytes but has 2/,
    ],
    [
      "header of 100,000,001 bytes",
      file("{}", 0, 100_000_001n),
      /^declares a .* 100000001 bytes, wanted 100000000 or fewer/,
    ],
    ["header of 2^32+2 bytes", file("{}", 0, 2n ** 32n + 2n), /^declares a header of 4294967298 bytes, wanted/],
    ["header of 2^53+1 bytes", file("{}", 0, 2n ** 53n + 1n), /^declares a header of 9007199254740993 bytes, wanted/],
    ["header of 2^63 bytes", file("{}", 0, 2n ** 63n), /^declares a header of 9223372036854775808 bytes, wanted/],
    [
      "header of 2^64-1 bytes",
      file("{}", 0, 2n ** 64n - 1n),
      /^declares a header of 18446744073709551615 bytes, wanted/,
    ],

    ["a space before the header", file(" {}"), /byte 8 is no "\{"/],
    ["a byte order mark", file("\ufeff{}"), /byte 8 is no "\{"/],
    ["a list for a header", file("[]"), /byte 8 is no "\{"/],
    ["a newline after the header", file("{}\n"), 'has a header that does not end in "}" and spaces'],
    ["a header of nothing but {", file("{ "), 'has a header that does not end in "}" and spaces'],
    ["two headers", file("{}{}"), /^has a header that is not JSON in UTF-8/],
    ["a string that never ends", file('{"a}'), /^has a header that is not JSON in UTF-8/],
    ["an escape that never ends", file('{"a\\"}'), /^has a header that is not JSON in UTF-8/],
    ["a key that is no string of JSON", file('{"\\x":1}'), /^has a header that is not JSON in UTF-8/],
    ["brackets that close what was not open", file('{}]}"a":1}'), /^has a header that is not JSON in UTF-8/],
    ["UTF-8", file(spelt(0xc3, 0xa4)), "accepted"],
    ["bytes that are no UTF-8", file(spelt(0xff)), /^has a header that is not JSON in UTF-8/],
    ["UTF-8 of a surrogate", file(spelt(0xed, 0xa0, 0x80)), /not JSON in UTF-8/],
    ["nesting of 3", file('{"__metadata__":{},"w":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4), "accepted"],
    ["nesting of 4", file('{"w":{"shape":[[]]}}'), "has a header nested more than 3 deep"],
    ["nesting of 200,000", file(`{"w":${"[".repeat(2e5)}${"]".repeat(2e5)}}`), "has a header nested more than 3 deep"],
    ["objects 200,000 deep", file(`${'{"w":'.repeat(2e5)}1${"}".repeat(2e5)}`), "has a header nested more than 3 deep"],

    ["a tensor twice", file(`{"w":1,"w":${JSON.stringify(f32([1], 0, 4))}}`, 4), `${twice} "w" twice in its header`],
    ["a tensor twice, once escaped", file('{"w":{},"\\u0077"\r\n\t :{}}'), `${twice} "w" twice in its header`],
    [
      "__metadata__ twice",
      file('{"__metadata__":{},"__metadata__":{}}'),
      `${twice} "__metadata__" twice in its header`,
    ],
    ["__proto__ twice", file('{"__proto__":{},"__proto__":{}}'), `${twice} "__proto__" twice in its header`],
    ["a metadata key twice", file('{"__metadata__":{"a":"1","a":"1"}}'), `${twice} "a" twice in its header`],
    ["a shape twice", file('{"w":{"shape":[],"shape":[]}}'), `${twice} "shape" twice in its header`],
    [
      "one key in two objects",
      file('{"__metadata__":{"w":"w"},"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
      "accepted",
    ],
    [
      "a value like its key, quotes and colons in it",
      file('{"__metadata__":{"a":"a","\\"a\\":":"{\\"a\\":[[[[","b":"\\\\"}}'),
      "accepted",
    ],

    ["metadata null", file('{"__metadata__":null}'), "has null as __metadata__, wanted an object of strings"],
    ["metadata a list", file('{"__metadata__":["a"]}'), 'has ["a"] as __metadata__, wanted an object of strings'],
    ["metadata of a number", file('{"__metadata__":{"a":1}}'), 'has 1 as metadata "a", wanted a string'],
    ["metadata of an object", file('{"__metadata__":{"a":{}}}'), 'has {} as metadata "a", wanted a string'],

    ["a tensor null", file('{"w":null}'), 'has null as tensor "w", wanted dtype, shape and data_offsets'],
    ["a tensor of a list", file('{"w":[]}'), 'has [] as tensor "w", wanted dtype, shape and data_offsets'],
    ["a tensor of a number", file('{"w":1}'), 'has 1 as tensor "w", wanted dtype, shape and data_offsets'],
    [
      "no dtype",
      file({ w: { shape: [1], data_offsets: [0, 4] } }, 4),
      'has tensor "w" of dtype nothing, wanted F32 or F64',
    ],
    [
      "half floats",
      file({ w: { ...f32([2], 0, 4), dtype: "F16" } }, 4),
      'has tensor "w" of dtype "F16", wanted F32 or F64',
    ],
    ["bfloats", file({ w: { ...f32([2], 0, 4), dtype: "BF16" } }, 4), /of dtype "BF16", wanted F32 or F64$/],
    ["small letters", file({ w: { ...f32([1], 0, 4), dtype: "f32" } }, 4), /of dtype "f32", wanted F32 or F64$/],
    ["dtype toString", file({ w: { ...f32([1], 0, 4), dtype: "toString" } }, 4), /of dtype "toString", wanted/],

    [
      "no shape",
      file({ w: { dtype: "F32", data_offsets: [0, 4] } }, 4),
      /^has tensor "w" of shape nothing, wanted a list/,
    ],
    ["a shape that is a number", file({ w: f32(1, 0, 4) }, 4), /of shape 1, wanted a list of whole numbers from 0 up$/],
    ["a negative size", file({ w: f32([-1], 0, 4) }, 4), /of shape \[-1\], wanted a list/],
    ["two negative sizes", file({ w: f32([-1, -1], 0, 4) }, 4), /of shape \[-1,-1\], wanted a list/],
    ["minus zero", file('{"w":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}'), /of shape \[0\], wanted a list/],
    ["half a size", file({ w: f32([0.5, 2], 0, 4) }, 4), /of shape \[0\.5,2\], wanted a list/],
    ["a size in quotes", file({ w: f32(["1"], 0, 4) }, 4), /of shape \["1"\], wanted a list/],
    ["a size null", file({ w: f32([null], 0, 4) }, 4), /of shape \[null\], wanted a list/],
    ["a size of 1e400", file('{"w":{"dtype":"F32","shape":[1e400],"data_offsets":[0,4]}}', 4), /wanted a list/],
    ["a size of 2^53", file({ w: f32([2 ** 53], 0, 4) }, 4), /of shape \[9007199254740992\], wanted a list/],
    [
      "a size of 2^53-1",
      file({ w: f32([2 ** 53 - 1], 0, 4) }, 4),
      /^has tensor "w" in 4 bytes, wanted 36028797018963964 /,
    ],
    ["sizes of 2^32 and 2^32", file({ w: f32([2 ** 32, 2 ** 32], 0, 0) }), /, more elements than can be counted$/],
    [
      "sizes whose product wraps to 1 in 64 bits",
      file({ w: f32([2 ** 33 - 1, 2 ** 33 + 1], 0, 4) }, 4),
      /more elements/,
    ],
    ["a single number", file({ w: f32([], 0, 4) }, 4), "accepted"],
    ["no number", file({ w: f32([2 ** 40, 0], 0, 0) }), "accepted"],
    [
      "one number too many for the shape",
      file({ w: f32([2], 0, 12) }, 12),
      'has tensor "w" in 12 bytes, wanted 8 for F32 of shape [2]',
    ],
    [
      "one number too few for the shape",
      file({ w: f32([3], 0, 8) }, 8),
      'has tensor "w" in 8 bytes, wanted 12 for F32 of shape [3]',
    ],
    [
      "floats said to be doubles",
      file({ w: { ...f32([2], 0, 8), dtype: "F64" } }, 8),
      /in 8 bytes, wanted 16 for F64 of/,
    ],

    [
      "no offsets",
      file({ w: { dtype: "F32", shape: [1] } }, 4),
      'has tensor "w" at data_offsets nothing, wanted two whole numbers from 0 up',
    ],
    ["one offset", file({ w: { ...f32([1], 0, 4), data_offsets: [4] } }, 4), /at data_offsets \[4\], wanted two/],
    [
      "three offsets",
      file({ w: { ...f32([1], 0, 4), data_offsets: [0, 4, 4] } }, 4),
      /at data_offsets \[0,4,4\], wanted two/,
    ],
    ["a negative offset", file({ w: f32([1], -4, 0) }, 4), /at data_offsets \[-4,0\], wanted two/],
    ["half an offset", file({ w: f32([1], 0.5, 4.5) }, 8), /at data_offsets \[0\.5,4\.5\], wanted two/],
    ["an offset of 2^53", file({ w: f32([1], 2 ** 53 - 4, 2 ** 53) }, 4), /, wanted two/],
    [
      "an end before the beginning",
      file({ w: f32([1], 4, 0) }, 4),
      'has tensor "w" ending at byte 0, before it begins at 4',
    ],
    [
      "an end beyond the file",
      file({ w: f32([1], 0, 4) }, 3),
      /^has tensor "w" ending at byte 4 but only 3 bytes of data/,
    ],

    ["tensors side by side", file({ a: f32([1], 0, 4), b: f32([1], 4, 8) }, 8), "accepted"],
    [
      "an overlap of 1",
      file({ a: f32([1], 0, 4), b: f32([1], 3, 7) }, 7),
      'has tensor "b" overlapping the one before it by 1 bytes',
    ],
    [
      "the same data twice",
      file({ a: f32([1], 0, 4), b: f32([1], 0, 4) }, 4),
      'has tensor "b" overlapping the one before it by 4 bytes',
    ],
    [
      "an empty tensor inside another",
      file({ a: f32([2], 0, 8), b: f32([0], 4, 4) }, 8),
      /^has tensor "b" overlapping/,
    ],
    ["a hole of 1", file({ a: f32([1], 0, 4), b: f32([1], 5, 9) }, 9), 'has 1 bytes of no tensor before tensor "b"'],
    ["a hole at the start", file({ a: f32([1], 1, 5) }, 5), 'has 1 bytes of no tensor before tensor "a"'],
    ["a trailing byte", file({ a: f32([1], 0, 4) }, 5), "has 1 bytes of no tensor after the last one"],
    ["data of no tensor", file("{}", 1), "has 1 bytes of no tensor after the last one"],
    ["the written file", whole, "accepted"],
    ["the written file and a byte", Uint8Array.of(...whole, 0), "has 1 bytes of no tensor after the last one"],
    [
      "the written file but a byte",
      whole.subarray(0, -1),
      /ending at byte \d+ but only \d+ bytes of data; it is cut short/,
    ],
    ["a name of a megabyte", file({ ["n".repeat(1e6)]: 1 }), /^has 1 as tensor "n{58}…, wanted/],
  ])("%s", (_, bytes, wanted) => {
    const found = refusal(bytes);
    if (typeof wanted === "string") expect(found).toBe(wanted);
    else expect(found).toMatch(wanted);
  });

  test("every cut of a file is refused", () => {
    for (let length = 0; length < whole.length; length++)
      expect(refusal(whole.subarray(0, length))).not.toBe("accepted");
  });
});

/** xorshift32: a whole number below n. */
function generator(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

/** One damage to a file, of the kinds that disks, networks and ill will do. */
function damage(bytes: Uint8Array, below: (n: number) => number): Uint8Array {
  const made = bytes.slice();
  const at = below(made.length);
  const length = 1 + below(12);
  const header = 8 + below(Math.min(made.length - 8, made[0]! + 1));
  const edges = [0n, 1n, 2n, 8n, 255n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];
  switch (below(8)) {
    case 0: // a bit
      made[at]! ^= 1 << below(8);
      return made;
    case 1: // a byte
      made[at] = below(256);
      return made;
    case 2: // the header's length
      new DataView(made.buffer).setBigUint64(0, edges[below(edges.length)]!, true);
      return made;
    case 3: // the header's length, by a little
      made[0]! += below(17) - 8;
      return made;
    case 4: // a character of the header that means something
      made[header] = '{}[]",:0123456789-.eFa\\ '.charCodeAt(below(24));
      return made;
    case 5: // a block copied elsewhere
      made.copyWithin(at, below(made.length), below(made.length));
      return made;
    case 6: // a block lost
      return Uint8Array.of(...made.subarray(0, at), ...made.subarray(at + length));
    default: // a block that came in
      return Uint8Array.of(...made.subarray(0, at), ...made.subarray(header, header + length), ...made.subarray(at));
  }
}

/** A second reader, for accepted files only: number by number, straight from the format's description. */
function readSlowly(bytes: Uint8Array): ReturnType<typeof facts> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header: Record<string, { dtype: "F32" | "F64"; shape: number[]; data_offsets: [number, number] }> = JSON.parse(
    Buffer.from(bytes.subarray(8, start)).toString(),
  );
  return Object.entries(header).flatMap(([name, { dtype, shape, data_offsets: offsets }]) => {
    if (name === "__metadata__") return [];
    const data = Buffer.from(bytes)
      .subarray(start + offsets[0], start + offsets[1])
      .toString("hex");
    return [{ name, dtype, shape, type: dtype === "F32" ? "Float32Array" : "Float64Array", bytes: data }];
  });
}

test("readSafetensors reads 30,000 damaged files or refuses them, and what it reads is what is there", () => {
  const below = generator(20240229);
  const seeds = [
    writeSafetensors(tensors, metadata),
    writeSafetensors(tensors.slice(0, 2), {}),
    file({ b: f32([1], 4, 8), a: f32([1], 0, 4) }, 8),
    file("{}"),
  ];
  const sorted = (list: ReturnType<typeof facts>) => list.sort((a, b) => (a.name < b.name ? -1 : 1));
  const outcomes = { accepted: 0, refused: 0 };
  for (let i = 0; i < 30_000; i++) {
    let bytes = damage(seeds[i % seeds.length]!, below);
    if (below(3) === 0 && bytes.length > 8) bytes = damage(bytes, below);
    let read: ReturnType<typeof readSafetensors>;
    try {
      read = readSafetensors(bytes);
    } catch (error) {
      if (!(error instanceof InputError) || error.code !== "E_MODEL") throw error;
      outcomes.refused++;
      continue;
    }
    outcomes.accepted++;
    const found = facts(read.tensors.values());
    const again = readSafetensors(writeSafetensors([...read.tensors.values()], read.metadata));
    if (JSON.stringify(facts(again.tensors.values())) !== JSON.stringify(found))
      expect(again.tensors).toEqual(read.tensors);
    if (JSON.stringify(sorted(found)) !== JSON.stringify(sorted(readSlowly(bytes))))
      expect(found).toEqual(readSlowly(bytes));
  }
  expect(outcomes.accepted).toBeGreaterThan(1000);
  expect(outcomes.refused).toBeGreaterThan(10_000);
  expect(Object.keys(Object.prototype)).toEqual([]);
});
