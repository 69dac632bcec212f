/** For specs: Thrift's compact protocol, as far as the metadata of Parquet need it. */

export type ThriftStruct = readonly (readonly [id: number, value: ThriftValue])[];
export type ThriftValue =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly text: string }
  | { readonly bool: boolean }
  | { readonly struct: ThriftStruct }
  | { readonly list: readonly ThriftValue[] };

export function encode(fields: ThriftStruct): Buffer {
  let last = 0;
  const parts = fields.map(([id, value]) => {
    const head = Buffer.from([((id - last) << 4) | kindOf(value)]);
    last = id;
    return 'bool' in value ? head : Buffer.concat([head, valueOf(value)]);
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}

/** compact protocol: 1 true, 2 false, 5 i32, 6 i64, 8 binary, 9 list, 12 struct */
function kindOf(value: ThriftValue): number {
  if ('bool' in value) return value.bool ? 1 : 2;
  if ('i32' in value) return 5;
  if ('i64' in value) return 6;
  if ('text' in value) return 8;
  return 'list' in value ? 9 : 12;
}

function valueOf(value: ThriftValue): Buffer {
  if ('i32' in value) return varint(value.i32 * 2);
  if ('i64' in value) return varint(value.i64 * 2);
  if ('text' in value) return Buffer.concat([varint(Buffer.byteLength(value.text)), Buffer.from(value.text)]);
  if ('struct' in value) return encode(value.struct);
  if ('bool' in value) return Buffer.alloc(0);
  const [first] = value.list;
  const kind = first === undefined ? 12 : kindOf(first);
  const size = value.list.length;
  const head =
    size < 15 ? Buffer.from([(size << 4) | kind]) : Buffer.concat([Buffer.from([0xf0 | kind]), varint(size)]);
  return Buffer.concat([head, ...value.list.map(valueOf)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}
