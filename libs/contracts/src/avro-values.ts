import avro from 'avsc';

/**
 * Between our values and what avsc reads and writes. The schema directs it:
 * - a union of records is a tagged union whose `kind` is the record's name;
 * - a field with the default null is an optional field, absent when null; without it null is a value;
 * - enum symbols cannot hold a dash, so `already-loaded` is `already_loaded` on the wire.
 */
export type AvroValues = {
  /** @throws RangeError that names the path of what cannot be said in Avro */
  readonly toAvro: (value: unknown, path: string) => unknown;
  readonly fromAvro: (value: unknown) => unknown;
};

const AS_IT_IS: AvroValues = { toAvro: (value) => value, fromAvro: (value) => value };

export function avroValues(type: avro.Type): AvroValues {
  if (type instanceof avro.types.RecordType) return recordValues(type);
  if (type instanceof avro.types.ArrayType) return arrayValues(type);
  if (type instanceof avro.types.WrappedUnionType) return unionValues(type);
  if (type instanceof avro.types.EnumType) return ENUM;
  if (type instanceof avro.types.LongType || type instanceof avro.types.IntType) return NUMBER;
  return AS_IT_IS;
}

const ENUM: AvroValues = {
  toAvro: (value) => String(value).replaceAll('-', '_'),
  fromAvro: (value) => String(value).replaceAll('_', '-'),
};

/** avsc's zigzag needs one bit of a double's 53: below -2^52 it silently writes another number. */
const LONG_MAX = 2 ** 52;

const NUMBER: AvroValues = {
  toAvro: (value, path) => {
    if (!Number.isInteger(value) || Math.abs(Number(value)) > LONG_MAX)
      throw new RangeError(`${path}: ${String(value)} is not a whole number within ±2^52`);
    return value;
  },
  fromAvro: (value) => value,
};

function recordValues(type: avro.types.RecordType): AvroValues {
  const fields = type.fields.map((field) => ({
    name: field.name,
    optional: field.defaultValue() === null,
    values: avroValues(field.type),
  }));
  return {
    toAvro: (value, path) => {
      const from = asObject(value, path);
      const record: Record<string, unknown> = {};
      for (const { name, optional, values } of fields) {
        const inner = from[name];
        if (inner === undefined && !optional) throw new RangeError(`${path}.${name}: missing`);
        record[name] = inner === undefined ? null : values.toAvro(inner, `${path}.${name}`);
      }
      return record;
    },
    fromAvro: (value) => {
      const from = asObject(value, type.name ?? '');
      const result: Record<string, unknown> = {};
      for (const { name, optional, values } of fields) {
        const inner = values.fromAvro(from[name]);
        if (!(optional && inner === null)) result[name] = inner;
      }
      return result;
    },
  };
}

function arrayValues(type: avro.types.ArrayType): AvroValues {
  const items = avroValues(type.itemsType);
  return {
    toAvro: (value, path) => {
      if (!Array.isArray(value)) throw new RangeError(`${path}: not an array`);
      return value.map((item: unknown, index) => items.toAvro(item, `${path}[${index}]`));
    },
    fromAvro: (value) => (Array.isArray(value) ? value.map((item: unknown) => items.fromAvro(item)) : []),
  };
}

/** The short name of a union's branch: `dopplershift.Copy` is `Copy`. */
type Branch = { readonly branchName: string; readonly values: AvroValues };

function unionValues(type: avro.types.WrappedUnionType): AvroValues {
  const branches = new Map<string, Branch>();
  for (const inner of type.types) {
    const branchName = inner.branchName ?? '';
    branches.set(branchName.split('.').at(-1) ?? '', { branchName, values: avroValues(inner) });
  }
  const others = [...branches].filter(([name]) => name !== 'null');
  const [only] = others;
  const plain = others.length === 1 && only ? only[1] : undefined;
  return {
    toAvro: (value, path) => {
      if (value === null) return null;
      const branch = plain ?? branches.get(String(asObject(value, path)['kind']));
      if (!branch) throw new RangeError(`${path}: no kind ${String(asObject(value, path)['kind'])}`);
      return { [branch.branchName]: branch.values.toAvro(value, path) };
    },
    fromAvro: (value) => {
      if (value === null) return null;
      const [entry] = Object.entries(asObject(value, 'union'));
      const name = entry?.[0].split('.').at(-1) ?? '';
      const inner = branches.get(name)?.values.fromAvro(entry?.[1]);
      return plain ? inner : { kind: name, ...asObject(inner, name) };
    },
  };
}

function asObject(value: unknown, path: string): Record<string, unknown> {
  if (value === null || typeof value !== 'object') throw new RangeError(`${path}: not a record`);
  return value as Record<string, unknown>;
}
