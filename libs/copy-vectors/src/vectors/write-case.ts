import type { Expected, RejectedLine, VectorCase, VectorColumn } from '../vector.ts';

export const V = 'varchar(100)';
export const FILE = 'data.txt';

/** Columns `c0`, `c1`, … of these types. */
export function columnsOf(...types: readonly string[]): readonly VectorColumn[] {
  return types.map((type, i) => ({ name: `c${i}`, type }));
}

type Rest = Partial<Omit<VectorCase, 'columns' | 'options' | 'expected'>>;

/** A case of one file, `data.txt`. */
export function oneFile(
  types: readonly string[],
  file: string | Uint8Array,
  options: string,
  expected: Expected,
  rest: Rest = {},
): VectorCase {
  return {
    title: '',
    columns: columnsOf(...types),
    files: { [FILE]: file },
    from: FILE,
    options,
    expected,
    ...rest,
  };
}

export function loaded(...rows: readonly (readonly (string | null)[])[]): Expected {
  return { kind: 'Loaded', rows };
}

export function loadedBut(
  rejected: readonly RejectedLine[],
  ...rows: readonly (readonly (string | null)[])[]
): Expected {
  return { kind: 'Loaded', rows, rejected };
}

export function refused(...rejected: readonly RejectedLine[]): Expected {
  return rejected.length === 0 ? { kind: 'Refused' } : { kind: 'Refused', rejected };
}

export function bytes(...parts: readonly (string | readonly number[])[]): Uint8Array {
  const encoder = new TextEncoder();
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...encoder.encode(part)] : part)),
  );
}
