import type { SchemaTree } from 'hyparquet';
import { isListLike, isMapLike } from 'hyparquet/src/schema.js';
import { jsonList, jsonObject } from '../binary/json-text.ts';
import { jsonReader } from './leaf-value.ts';

/**
 * Keys of maps become names of an object, so bytes that are text must say what text they are when they are
 * asked; as values they stay the bytes.
 */
export class TextBytes extends Uint8Array {
  override toString(): string {
    return Buffer.from(this.buffer, this.byteOffset, this.length).toString('utf8');
  }
}

/** Writes values of a nested column, as hyparquet puts them together, as JSON text (§2: complex types). */
export type NestedWriter = (value: unknown) => string;

/** @param tree with the meanings of its leaves */
export function nestedWriter(tree: SchemaTree): NestedWriter {
  const [first] = tree.children;
  if (first === undefined) return repeatable(tree, leafWriter(tree));
  if (isListLike(tree)) {
    const inner = first.children.length === 1 ? first.children[0] : undefined;
    return listWriter(nestedWriter(inner ?? unrepeated(first)));
  }
  const valueTree = isMapLike(tree) ? first.children[1] : undefined;
  if (valueTree !== undefined) {
    const write = nestedWriter(valueTree);
    return (value) => objectOf(value, () => write);
  }
  const writers = new Map(tree.children.map((child) => [child.element.name, nestedWriter(child)]));
  return repeatable(tree, (value) => objectOf(value, (name) => writers.get(name)));
}

function unrepeated(tree: SchemaTree): SchemaTree {
  return { ...tree, element: { ...tree.element, repetition_type: 'REQUIRED' } };
}

/** A field that is repeated without being a LIST is a list all the same. */
function repeatable(tree: SchemaTree, write: NestedWriter): NestedWriter {
  return tree.element.repetition_type === 'REPEATED' ? listWriter(write) : write;
}

function listWriter(write: NestedWriter): NestedWriter {
  return (value) => {
    if (value === null || value === undefined) return 'null';
    return Array.isArray(value) ? jsonList(value.map(write)) : misshapen();
  };
}

function leafWriter(tree: SchemaTree): NestedWriter {
  const write = jsonReader(tree.element);
  return (value) => {
    if (value === null || value === undefined || value instanceof Uint8Array) return write(value);
    const isScalar = typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint';
    return isScalar ? write(value) : misshapen();
  };
}

function objectOf(value: unknown, writerOf: (name: string) => NestedWriter | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'object' || Array.isArray(value)) return misshapen();
  return jsonObject(
    Object.entries(value).map(([name, inner]) => [name, writerOf(name)?.(inner) ?? misshapen()]),
  );
}

/** Rather no rows than others than the file has. */
function misshapen(): never {
  throw new RangeError('a nested value is of another shape than the schema says');
}
