/**
 * For specs: small Parquet files with any type, PLAIN and unpacked (Parquet specification, parquet.thrift).
 */

import { encode } from './write-thrift.ts';
import type { ThriftStruct, ThriftValue } from './write-thrift.ts';

export type Leaf = {
  /** 0 BOOLEAN, 1 INT32, 2 INT64, 3 INT96, 4 FLOAT, 5 DOUBLE, 6 BYTE_ARRAY, 7 FIXED_LEN_BYTE_ARRAY */
  readonly type: number;
  readonly length?: number;
  readonly converted?: number;
  readonly scale?: number;
  /** the field of the union LogicalType, and what is in it */
  readonly logical?: readonly [number, ThriftStruct];
};

export type Column = Leaf & {
  readonly name: string;
  /** PLAIN bytes of each value; null for NULL */
  readonly values: readonly (Buffer | null)[];
};

/** A column of lists of 32-bit numbers, or of maps from text to such numbers. */
export type Nested = {
  readonly name: string;
  readonly group: 'list' | 'map';
  readonly rows: readonly (readonly (readonly [string, number | null])[] | null)[];
};

const FLAT = 1;
const BOOLEAN = 0;

type Chunk = {
  readonly path: readonly string[];
  readonly leaf: Leaf;
  readonly page: Buffer;
  readonly count: number;
};

/** @param groups rows of each row group, all columns alike; default: one group */
export function writeParquet(columns: readonly (Column | Nested)[], groups?: readonly number[]): Buffer {
  const rows = rowsOf(columns[0]);
  const parts: Buffer[] = [Buffer.from('PAR1')];
  let size = 4;
  let from = 0;
  const rowGroups: ThriftValue[] = [];
  for (const count of groups ?? [rows]) {
    const to = from + count;
    const metas = columns
      .flatMap((column) => chunksOf(column, from, to))
      .map((chunk) => {
        const bytes = Buffer.concat([pageHeader(chunk), chunk.page]);
        parts.push(bytes);
        size += bytes.length;
        return columnMeta(chunk, size - bytes.length, bytes.length);
      });
    rowGroups.push({
      struct: [
        [1, { list: metas }],
        [2, { i64: size }],
        [3, { i64: count }],
      ],
    });
    from = to;
  }
  const footer = encode([
    [1, { i32: 1 }],
    [
      2,
      {
        list: [
          {
            struct: [
              [4, { text: 'root' }],
              [5, { i32: columns.length }],
            ],
          },
          ...columns.flatMap(schemaOf),
        ],
      },
    ],
    [3, { i64: rows }],
    [4, { list: rowGroups }],
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, length, Buffer.from('PAR1')]);
}

function rowsOf(column: Column | Nested | undefined): number {
  if (column === undefined) return 0;
  return 'rows' in column ? column.rows.length : column.values.length;
}

function element(leaf: Leaf, name: string, repetition: number): ThriftValue {
  const { type, length, converted, scale, logical } = leaf;
  return {
    struct: [
      [1, { i32: type }],
      ...(length === undefined ? [] : ([[2, { i32: length }]] as const)),
      [3, { i32: repetition }],
      [4, { text: name }],
      ...(converted === undefined ? [] : ([[6, { i32: converted }]] as const)),
      ...(scale === undefined
        ? []
        : ([
            [7, { i32: scale }],
            [8, { i32: 38 }],
          ] as const)),
      ...(logical === undefined ? [] : ([[10, { struct: [[logical[0], { struct: logical[1] }]] }]] as const)),
    ],
  };
}

const GROUPS = { list: 3, map: 1 } as const;
const NUMBER: Leaf = { type: 1 };
const KEY: Leaf = { type: 6, converted: 0 };

function schemaOf(column: Column | Nested): readonly ThriftValue[] {
  if (!('rows' in column)) return [element(column, column.name, FLAT)];
  const isMap = column.group === 'map';
  const group = (name: string, repetition: number, children: number, converted?: number): ThriftValue => ({
    struct: [
      [3, { i32: repetition }],
      [4, { text: name }],
      [5, { i32: children }],
      ...(converted === undefined ? [] : ([[6, { i32: converted }]] as const)),
    ],
  });
  return [
    group(column.name, 1, 1, GROUPS[column.group]),
    group(isMap ? 'key_value' : 'list', 2, isMap ? 2 : 1),
    ...(isMap ? [element(KEY, 'key', 0), element(NUMBER, 'value', 1)] : [element(NUMBER, 'element', 1)]),
  ];
}

function chunksOf(column: Column | Nested, from: number, to: number): readonly Chunk[] {
  if (!('rows' in column)) {
    const values = column.values.slice(from, to);
    const levels = levelsOf(values.map((value) => (value === null ? 0 : 1)));
    const there = values.filter((value) => value !== null);
    const data = column.type === BOOLEAN ? bits(there) : Buffer.concat(there);
    return [{ path: [column.name], leaf: column, page: Buffer.concat([levels, data]), count: values.length }];
  }
  const entries = column.rows.slice(from, to).flatMap((row): readonly Entry[] => {
    if (row === null) return [{ repetition: 0, depth: 0, key: undefined, value: null }];
    if (row.length === 0) return [{ repetition: 0, depth: 1, key: undefined, value: null }];
    return row.map(([key, value], i) => ({ repetition: i === 0 ? 0 : 1, depth: 2, key, value }));
  });
  const repetitions = levelsOf(entries.map((entry) => entry.repetition));
  const chunk = (name: string, leaf: Leaf, depths: Buffer, data: Buffer): Chunk => ({
    path: [column.name, column.group === 'map' ? 'key_value' : 'list', name],
    leaf,
    page: Buffer.concat([repetitions, depths, data]),
    count: entries.length,
  });
  const depths = levelsOf(entries.map(({ depth, value }) => (value === null ? depth : 3)));
  const numbers = Buffer.concat(entries.flatMap(({ value }) => (value === null ? [] : [int32(value)])));
  if (column.group === 'list') return [chunk('element', NUMBER, depths, numbers)];
  const keys = Buffer.concat(entries.flatMap(({ key }) => (key === undefined ? [] : [byteArray(key)])));
  const keyDepths = levelsOf(entries.map((entry) => entry.depth));
  return [chunk('key', KEY, keyDepths, keys), chunk('value', NUMBER, depths, numbers)];
}

type Entry = {
  readonly repetition: number;
  readonly depth: number;
  readonly key: string | undefined;
  readonly value: number | null;
};

/** Runs of one value each: RLE with its length before it. */
function levelsOf(levels: readonly number[]): Buffer {
  const runs = Buffer.from(levels.flatMap((level) => [2, level]));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(runs.length);
  return Buffer.concat([length, runs]);
}

function bits(values: readonly Buffer[]): Buffer {
  const packed = Buffer.alloc(Math.ceil(values.length / 8));
  for (const [i, value] of values.entries())
    if (value[0] === 1) packed[i >> 3] = (packed[i >> 3] ?? 0) | (1 << (i & 7));
  return packed;
}

function pageHeader({ page, count }: Chunk): Buffer {
  return encode([
    [1, { i32: 0 }],
    [2, { i32: page.length }],
    [3, { i32: page.length }],
    [
      5,
      {
        struct: [
          [1, { i32: count }],
          [2, { i32: 0 }],
          [3, { i32: 3 }],
          [4, { i32: 3 }],
        ],
      },
    ],
  ]);
}

function columnMeta({ path, leaf, count }: Chunk, offset: number, size: number): ThriftValue {
  const meta: ThriftStruct = [
    [1, { i32: leaf.type }],
    [2, { list: [{ i32: 0 }] }],
    [3, { list: path.map((part) => ({ text: part })) }],
    [4, { i32: 0 }],
    [5, { i64: count }],
    [6, { i64: size }],
    [7, { i64: size }],
    [9, { i64: offset }],
  ];
  return {
    struct: [
      [2, { i64: offset }],
      [3, { struct: meta }],
    ],
  };
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

export function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

export function byteArray(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int32(bytes.length), bytes]);
}
