// Pictures to examples: the area average, and the decoders of JPEG and PNG behind the command line.

import { readFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import { encode } from "fast-png";
import jpeg from "jpeg-js";
import { describe, expect, test } from "vitest";
import { type Picture, pictureToExample } from "../src/dataset/image.js";
import { decodePicture } from "../src/dataset/picture.js";
import { InputError } from "../src/errors.js";
import { Random } from "../src/random.js";
import { course, needs } from "./files.js";

/** A picture of grey pixels, opaque unless told. */
function grey(width: number, height: number, values: number[], alpha = 255): Picture {
  return { width, height, data: Uint8Array.from(values.flatMap((value) => [value, value, value, alpha])) };
}

function noise(width: number, height: number, random = new Random(3)): Picture {
  return { width, height, data: Uint8Array.from({ length: width * height * 4 }, () => random.integer(256)) };
}

describe("pictureToExample", () => {
  test("leaves a picture of the model's size as it is", () => {
    const picture = noise(5, 3);
    for (let i = 3; i < picture.data.length; i += 4) picture.data[i] = 255;
    const expected = picture.data.filter((_, i) => i % 4 !== 3);
    expect(pictureToExample(picture, [3, 5, 3])).toEqual(expected);
  });

  test("averages the pixels under each target pixel, parts by their area", () => {
    expect([...pictureToExample(grey(4, 1, [0, 10, 20, 31]), [1, 2])]).toEqual([5, 26]); // 25.5 is rounded up
    // three pixels to two: one and a half each, (0·2 + 90)/3 and (90 + 240·2)/3
    expect([...pictureToExample(grey(3, 1, [0, 90, 240]), [1, 2])]).toEqual([30, 190]);
    expect([...pictureToExample(grey(1, 3, [0, 90, 240]), [2, 1])]).toEqual([30, 190]);
    // two to three: one, half of each, one
    expect([...pictureToExample(grey(2, 1, [0, 101]), [1, 3])]).toEqual([0, 51, 101]);
    expect([...pictureToExample(grey(2, 2, [0, 4, 8, 13]), [1, 1])]).toEqual([6]);
  });

  test("squeezes rather than crops", () => {
    expect([...pictureToExample(grey(6, 1, [10, 20, 30, 40, 50, 60]), [2, 2])]).toEqual([20, 50, 20, 50]);
  });

  test("gives the bytes of exact fractions, for awkward sizes", () => {
    // The same sum in BigInt: overlaps in units of 1/target of a pixel, over white, rounded half up.
    const slow = ({ data, width, height }: Picture, h: number, w: number): number[] => {
      const overlap = (s: number, t: number, source: number, target: number) =>
        BigInt(Math.max(0, Math.min((s + 1) * target, (t + 1) * source) - Math.max(s * target, t * source)));
      return Array.from({ length: h * w * 3 }, (_, i) => {
        const [y, x, c] = [Math.floor(i / 3 / w), Math.floor(i / 3) % w, i % 3];
        let sum = 0n;
        for (let row = 0; row < height; row++) {
          for (let column = 0; column < width; column++) {
            const at = (row * width + column) * 4;
            const alpha = BigInt(data[at + 3]!);
            const value = BigInt(data[at + c]!) * alpha + 255n * (255n - alpha);
            sum += overlap(row, y, height, h) * overlap(column, x, width, w) * value;
          }
        }
        const area = BigInt(height * width) * 255n;
        return Number((2n * sum + area) / (2n * area));
      });
    };
    const random = new Random(7);
    for (const [width, height, w, h] of [
      [7, 5, 3, 2],
      [3, 2, 7, 5],
      [13, 1, 4, 4],
      [1, 1, 3, 3],
      [8, 8, 3, 8],
    ] as const) {
      const picture = noise(width, height, random);
      expect([...pictureToExample(picture, [h, w, 3])], `${width}x${height}`).toEqual(slow(picture, h, w));
    }
  });

  test("makes grey by Rec. 601, with or without a channel of its own", () => {
    const data = Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255);
    const picture = { width: 4, height: 1, data };
    expect([...pictureToExample(picture, [1, 4])]).toEqual([76, 150, 29, 255]); // 76.245, 149.685, 29.07
    expect(pictureToExample(picture, [1, 4, 1])).toEqual(pictureToExample(picture, [1, 4]));
  });

  test("lays transparent pixels over white", () => {
    expect([...pictureToExample(grey(1, 1, [40], 0), [1, 1])]).toEqual([255]);
    expect([...pictureToExample(grey(1, 1, [0], 51), [1, 1])]).toEqual([204]);
    const half = { width: 2, height: 1, data: Uint8Array.of(0, 0, 0, 0, 100, 100, 100, 255) };
    expect([...pictureToExample(half, [1, 1])]).toEqual([178]); // (255 + 100)/2 = 177.5
  });

  test.each([[[12288]], [[2, 2, 4]], [[2, 2, 2]], [[1, 2, 2, 3]], [[]], [[0, 2, 3]], [[2.5, 2]], [[-1, -1]]])(
    "refuses the shape %j, which is no picture's",
    (shape) => {
      expect(() => pictureToExample(noise(2, 2), shape)).toThrow(expect.objectContaining({ code: "E_FEATURES" }));
      expect(() => pictureToExample(noise(2, 2), shape)).toThrow(InputError);
    },
  );

  test.each<[string, Partial<Picture>]>([
    ["too few bytes", { data: new Uint8Array(15) }],
    ["no pixels", { data: new Uint8Array(0), width: 0 }],
    ["half a pixel", { data: new Uint8Array(12), width: 1.5 }],
    ["negative sides", { width: -2, height: -2 }],
  ])("refuses a picture of %s", (_, change) => {
    const picture = { width: 2, height: 2, data: new Uint8Array(16), ...change };
    expect(() => pictureToExample(picture, [1, 1])).toThrow(expect.objectContaining({ code: "E_IMAGE" }));
  });
});

/** A PNG of the given samples; rows are filter byte and packed samples. */
function png(width: number, height: number, depth: number, colourType: number, rows: number[][], extra: Buffer[] = []) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType], 8);
  const data = deflateSync(Buffer.from(rows.flatMap((row) => [0, ...row])));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    ...extra,
    chunk("IDAT", data),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

describe("decodePicture", () => {
  const pixels = (bytes: Uint8Array) => {
    const { data, width, height } = decodePicture(bytes, "a.png");
    expect(data.length).toBe(width * height * 4);
    return [...data];
  };
  const palette = chunk("PLTE", Buffer.from([9, 8, 7, 1, 2, 3, 255, 0, 0]));
  const clear = (...values: number[]) => chunk("tRNS", Buffer.from(values));

  test.each<[string, Buffer, number[]]>([
    ["grey", png(2, 1, 8, 0, [[7, 200]]), [7, 7, 7, 255, 200, 200, 200, 255]],
    [
      "grey of 1 bit, rows padded",
      png(2, 2, 1, 0, [[0b10000000], [0b01000000]]),
      [...Array(4).fill(255), 0, 0, 0, 255, 0, 0, 0, 255, ...Array(4).fill(255)],
    ],
    ["grey of 4 bits", png(3, 1, 4, 0, [[0x0f, 0x80]]), [0, 0, 0, 255, 255, 255, 255, 255, 136, 136, 136, 255]],
    ["grey of 16 bits", png(1, 1, 16, 0, [[0x80, 0x00]]), [128, 128, 128, 255]],
    ["grey with one clear value", png(2, 1, 8, 0, [[7, 9]], [clear(0, 9)]), [7, 7, 7, 255, 9, 9, 9, 0]],
    ["grey and alpha", png(1, 1, 8, 4, [[7, 100]]), [7, 7, 7, 100]],
    [
      "colour",
      png(1, 2, 8, 2, [
        [1, 2, 3],
        [4, 5, 6],
      ]),
      [1, 2, 3, 255, 4, 5, 6, 255],
    ],
    ["colour of 16 bits", png(1, 1, 16, 2, [[1, 0, 2, 0, 255, 255]]), [1, 2, 255, 255]],
    [
      "colour with one clear value",
      png(
        1,
        3,
        8,
        2,
        [
          [1, 2, 3],
          [1, 2, 4],
          [1, 2, 3],
        ],
        [clear(0, 1, 0, 2, 0, 4)],
      ),
      [1, 2, 3, 255, 1, 2, 4, 0, 1, 2, 3, 255],
    ],
    ["colour with a palette that is only advice", png(1, 1, 8, 2, [[2, 5, 6]], [palette]), [2, 5, 6, 255]],
    ["colour and alpha", png(1, 1, 8, 6, [[1, 2, 3, 4]]), [1, 2, 3, 4]],
    ["a palette", png(2, 1, 8, 3, [[2, 0]], [palette]), [255, 0, 0, 255, 9, 8, 7, 255]],
    [
      "a palette of 2 bits with alpha",
      png(3, 1, 2, 3, [[0b00011000]], [palette, clear(0, 50)]),
      [9, 8, 7, 0, 1, 2, 3, 50, 255, 0, 0, 255],
    ],
  ])("reads PNG of %s", (_, bytes, expected) => {
    expect(pixels(bytes)).toEqual(expected);
  });

  test("reads PNG past what nobody needs, unpacked or not (F3)", () => {
    const profile = chunk("iCCP", Buffer.from("sRGB\0\0this is no deflate"));
    expect(pixels(png(1, 1, 8, 2, [[1, 2, 3]], [profile]))).toEqual([1, 2, 3, 255]);
  });

  test("reads interlaced PNG", () => {
    const data = Uint8Array.from({ length: 9 * 7 * 3 }, (_, i) => (i * 37) % 256);
    const image = { width: 9, height: 7, data, channels: 3, depth: 8 } as const;
    expect(pixels(encode(image, { interlace: "Adam7" }))).toEqual(pixels(encode(image)));
  });

  test("reads JPEG, colour within what it loses", () => {
    const data = Buffer.alloc(16 * 16 * 4, 255);
    for (let i = 0; i < data.length; i += 4) data.set([200, 100, 50], i);
    const bytes = jpeg.encode({ width: 16, height: 16, data }, 100).data;
    const picture = decodePicture(bytes, "a.jpg");
    expect(picture).toMatchObject({ width: 16, height: 16 });
    for (const [c, value] of [200, 100, 50, 255].entries()) expect(Math.abs(picture.data[c]! - value)).toBeLessThan(4);
  });

  const good = png(3, 2, 8, 2, [Array(9).fill(1), Array(9).fill(2)]);
  const header = Buffer.from("00000001000000010802000000", "hex");
  const recoloured = png(1, 1, 8, 3, [[0]], [palette]);
  recoloured[recoloured.indexOf("PLTE") + 4] = 10;
  test.each<[string, Uint8Array, string, RegExp]>([
    ["text", Buffer.from("hello"), "E_IMAGE", /^a\.png is a text file/],
    ["a GIF", Buffer.from("GIF89a"), "E_IMAGE", /a GIF picture; pass a JPEG picture, a PNG picture or a WebP picture/],
    ["nothing", new Uint8Array(0), "E_IMAGE", /an empty file/],
    ["a PNG cut in the header", good.subarray(0, 20), "E_IMAGE", /cannot be decoded/],
    ["a PNG cut in the middle", good.subarray(0, 50), "E_IMAGE", /cannot be decoded/],
    [
      "a PNG of 65535 times 65535",
      png(65535, 65535, 8, 2, [[1]]),
      "E_TOO_LARGE",
      /65535x65535, the most is 268435456 bytes/,
    ],
    ["a PNG of two headers", png(2, 1, 8, 2, [[1, 2, 3, 4, 5, 6]], [chunk("IHDR", header)]), "E_IMAGE", /two headers/],
    [
      "a PNG of more data than its header says (F3)",
      png(1, 1, 8, 0, [Array(2 ** 20).fill(1)]),
      "E_IMAGE",
      /holds more than its header says/,
    ],
    ["a PNG with a wrong byte in its palette (F3)", recoloured, "E_IMAGE", /crc mismatch/i],
    ["a PNG of a colour beyond its palette", png(1, 1, 8, 3, [[9]], [palette]), "E_IMAGE", /not in its palette/],
    ["a PNG of too little data", png(4, 4, 8, 2, [[1, 2, 3]]), "E_IMAGE", /cannot be decoded/],
    ["a PNG with a wrong byte", Buffer.from(good).fill(0x55, 45, 50), "E_IMAGE", /cannot be decoded/],
    ["a JPEG cut in the header", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), "E_IMAGE", /cannot be decoded/],
  ])("refuses %s", (_, bytes, code, message) => {
    const decode = () => decodePicture(bytes, "a.png");
    expect(decode).toThrow(message);
    expect(decode).toThrow(expect.objectContaining({ name: "InputError", code }));
  });

  describe("refuses a JPEG before it is decoded (F4)", () => {
    const good = Buffer.from(jpeg.encode({ width: 8, height: 8, data: Buffer.alloc(256) }, 50).data);
    const [frame, scan] = [0xc0, 0xda].map((marker) => good.indexOf(Buffer.of(0xff, marker))) as [number, number];
    const sized = (side: number) => {
      const bytes = Buffer.from(good);
      bytes.writeUInt16BE(side, frame + 5);
      bytes.writeUInt16BE(side, frame + 7);
      return bytes;
    };
    // a segment once more, so many times
    const repeated = (at: number, times: number) => {
      const segment = good.subarray(at, at + 2 + good.readUInt16BE(at + 2));
      return Buffer.concat([good.subarray(0, at), ...Array(times).fill(segment), good.subarray(at)]);
    };
    test.each<[string, Uint8Array, string, RegExp]>([
      ["of two frames", repeated(frame, 1), "E_IMAGE", /it has two frames/],
      ["of 65 scans", repeated(scan, 64), "E_TOO_LARGE", /65 scans, the most is 64/],
      ["of more pixels than its bytes can hold", sized(5000), "E_IMAGE", /5000x5000 do not fit into \d+ bytes/],
      ["that says it is larger than any", sized(65_500), "E_TOO_LARGE", /65500x65500, the most is 50 million/],
    ])("%s", (_, bytes, code, message) => {
      const decode = () => decodePicture(bytes, "a.jpg");
      expect(decode).toThrow(message);
      expect(decode).toThrow(expect.objectContaining({ name: "InputError", code }));
    });
  });

  test("gives a picture or an InputError, whichever bytes are wrong", () => {
    const random = new Random(5);
    const data = Buffer.from(noise(16, 16, random).data);
    let refused = 0;
    for (const file of [
      png(16, 16, 8, 6, Array(16).fill(Array(64).fill(9))),
      jpeg.encode({ width: 16, height: 16, data }, 80).data,
    ]) {
      for (let i = 0; i < 100; i++) {
        const mutant = new Uint8Array(file);
        mutant[random.integer(mutant.length)] = random.integer(256);
        try {
          decodePicture(mutant, "a");
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(50);
  });

  test.runIf(course)(needs(course, "reads the course's JPEG, 1024 by 681 pixels"), () => {
    const picture = decodePicture(readFileSync(course!.picture), "my_image.jpg");
    expect(picture).toMatchObject({ width: 1024, height: 681 });
    expect(pictureToExample(picture, [64, 64, 3]).length).toBe(12_288);
  });
});
