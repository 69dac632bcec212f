import avro from 'avsc';
import type { Type } from 'avsc';
import { floatText, jsonBytes, jsonFloat, jsonList, jsonObject, jsonString } from '../binary/json-text.ts';
import type { BinaryValue } from '../binary/value-writer.ts';
import { LogicalValue } from './read-record-type.ts';

const { ArrayType, LogicalType, MapType, RecordType, WrappedUnionType } = avro.types;

/** A decoded value with its type: unions taken off. */
export type Typed = { readonly type: Type; readonly value: unknown };

/** The branch that a union holds. */
export function unwrapped({ type, value }: Typed): Typed {
  if (!(type instanceof WrappedUnionType)) return { type, value };
  if (typeof value !== 'object' || value === null) return { type, value: null };
  const [name, inner] = Object.entries(value)[0] ?? [];
  const branch = type.types.find((candidate) => candidate.branchName === name);
  if (branch === undefined) throw new TypeError(`no branch ${name} in this union`);
  return unwrapped({ type: branch, value: inner });
}

/** What stands behind one step of a path; undefined: nothing of that kind. */
export function member(of: Typed, step: string | number): Typed | undefined {
  const { type, value } = unwrapped(of);
  if (type instanceof ArrayType && Array.isArray(value) && typeof step === 'number')
    return step < value.length ? { type: type.itemsType, value: value[step] } : undefined;
  if (typeof value !== 'object' || value === null || typeof step === 'number') return undefined;
  const inner: unknown = Object.hasOwn(value, step)
    ? Object.getOwnPropertyDescriptor(value, step)?.value
    : undefined;
  if (inner === undefined) return undefined;
  if (type instanceof MapType) return { type: type.valuesType, value: inner };
  return type instanceof RecordType ? { type: type.field(step).type, value: inner } : undefined;
}

/**
 * A value as a field: complex types as JSON text, an enum as its name (reference/redshift-copy.md §2).
 * @param how.asInstant dates and times as text; false: the number of the file, as TIMEFORMAT 'epochsecs' and
 * columns of numbers want it
 */
export function fieldOf(of: Typed, how: { readonly asInstant: boolean }): BinaryValue {
  const { value, type } = unwrapped(of);
  if (value === null || value === undefined) return null;
  if (value instanceof LogicalValue)
    return value.kind === 'decimal' || how.asInstant ? value.text : value.raw;
  if (value instanceof Uint8Array || typeof value === 'string') return value;
  if (typeof value === 'number') return floatText(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return jsonOf({ type, value });
}

/** @throws TypeError when the value is not of its type, which the decoder rules out */
function jsonOf(of: Typed): string {
  const { type, value } = unwrapped(of);
  if (value === null || value === undefined) return 'null';
  if (value instanceof LogicalValue) return value.kind === 'decimal' ? value.text : jsonString(value.text);
  if (value instanceof Uint8Array) return jsonBytes(value);
  if (typeof value === 'number') return jsonFloat(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return jsonString(value);
  if (type instanceof LogicalType) return jsonOf({ type: type.underlyingType, value });
  if (type instanceof ArrayType && Array.isArray(value))
    return jsonList(value.map((item: unknown) => jsonOf({ type: type.itemsType, value: item })));
  if (type instanceof MapType)
    return jsonObject(
      Object.entries(value).map(([name, inner]) => [name, jsonOf({ type: type.valuesType, value: inner })]),
    );
  if (type instanceof RecordType)
    return jsonObject(
      Object.entries(value).map(([name, inner]) => [
        name,
        jsonOf({ type: type.field(name).type, value: inner }),
      ]),
    );
  throw new TypeError(`a value of ${type.typeName} cannot be shown`);
}
