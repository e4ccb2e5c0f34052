// Parquet files written by hand, with whatever lies are wanted: one row group, columns of one page each, nothing packed.
// Good files by another writer are test/fixtures/*.parquet.

/** A value of Thrift's compact protocol: its type and its bytes. */
interface Thrift {
  readonly type: number;
  readonly bytes: readonly number[];
}

function varint(value: bigint): number[] {
  return value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)];
}
const zigzag = (value: number | bigint) => {
  const whole = BigInt(value);
  return varint(whole < 0n ? -2n * whole - 1n : 2n * whole);
};
const letters = (value: string) => [...new TextEncoder().encode(value)];
export const i32 = (value: number): Thrift => ({ type: 5, bytes: zigzag(value) });
export const i64 = (value: number | bigint): Thrift => ({ type: 6, bytes: zigzag(value) });
export const text = (value: string): Thrift => ({
  ...{ type: 8, bytes: [...varint(BigInt(letters(value).length)), ...letters(value)] },
});
export const list = (items: readonly Thrift[]): Thrift => ({
  ...{
    type: 9,
    bytes: [0xf0 | (items[0]?.type ?? 12), ...varint(BigInt(items.length)), ...items.flatMap((one) => one.bytes)],
  },
});
/** Fields by their numbers; those that are undefined are not there. */
export function struct(fields: Readonly<Record<number, Thrift | undefined>>): Thrift {
  const there = Object.entries(fields).filter((entry): entry is [string, Thrift] => entry[1] !== undefined);
  const bytes = there.flatMap(([id, { type, bytes }]) => [type, ...zigzag(Number(id)), ...bytes]);
  return { type: 12, bytes: [...bytes, 0] };
}

/** A column, and where what is said of it is not so. */
export interface HandColumn {
  readonly name: string;
  /** Number of the stored type: 0 boolean, 1 int32, 2 int64, 3 int96, 4 float, 5 double, 6 bytes, 7 bytes of one length. */
  readonly type: number;
  readonly data: readonly number[];
  readonly length?: number;
  /** 0 required, 1 optional, 2 repeated. */
  readonly repetition?: number;
  /** Number of the converted type; digits after the point. */
  readonly converted?: number;
  readonly scale?: number;
  readonly logical?: Thrift;
  readonly codec?: number;
  readonly children?: number;
  readonly values?: number;
  readonly encoding?: number;
  /** Plain int32s. */
  readonly dictionary?: readonly number[];
  readonly unpacked?: number;
  readonly packed?: number;
  readonly file?: string;
  readonly encrypted?: boolean;
  readonly offset?: number;
}

/** A file of these columns of `rows` rows. */
export function handmade(rows: number | bigint, columns: readonly HandColumn[], said = rows): Uint8Array {
  const bytes: number[] = letters("PAR1");
  const chunks = columns.map((column) => {
    const { name, type, data, codec = 0, values = Number(rows), encoding = 0 } = column;
    const { unpacked = data.length, packed = data.length, offset = bytes.length } = column;
    const page = struct({ 1: i32(values), 2: i32(encoding), 3: i32(3), 4: i32(3) });
    const whole = [...struct({ 1: i32(0), 2: i32(unpacked), 3: i32(packed), 5: page }).bytes, ...data];
    const entries = column.dictionary;
    const first = entries && {
      ...{ 1: i32(2), 2: i32(entries.length), 3: i32(entries.length) },
      7: struct({ 1: i32(entries.length / 4), 2: i32(0) }),
    };
    if (first) whole.unshift(...struct(first).bytes, ...entries);
    for (const byte of whole) bytes.push(byte);
    const meta = struct({
      ...{ 1: i32(type), 2: list([i32(encoding)]), 3: list([text(name)]), 4: i32(codec), 5: i64(rows) },
      ...{ 6: i64(unpacked), 7: i64(whole.length), 9: i64(offset) },
    });
    const { file, encrypted } = column;
    return struct({
      ...{ 1: file === undefined ? undefined : text(file), 2: i64(0), 3: encrypted ? undefined : meta },
      8: encrypted ? struct({ 1: struct({}) }) : undefined,
    });
  });
  const schema = columns.map(({ name, type, length, repetition = 0, converted, scale, logical, children }) => {
    const number = (value: number | undefined) => (value === undefined ? undefined : i32(value));
    return struct({
      ...{ 1: children ? undefined : i32(type), 2: number(length), 3: i32(repetition), 4: text(name) },
      ...{ 5: number(children), 6: number(converted), 7: number(scale), 10: logical },
    });
  });
  const root = struct({ 4: text("schema"), 5: i32(columns.length) });
  const group = struct({ 1: list(chunks), 2: i64(bytes.length), 3: i64(rows) });
  const footer = struct({ 1: i32(1), 2: list([root, ...schema]), 3: i64(said), 4: list([group]) }).bytes;
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, footer.length, true);
  return Uint8Array.from([...bytes, ...footer, ...new Uint8Array(length.buffer), ...letters("PAR1")]);
}
