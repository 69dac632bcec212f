/** Messages that the emulator says itself, to either side (Postgres manual §55.7). */

/** A part of a body: a text is written with the NUL that ends it. */
export type Field =
  | { readonly text: string }
  | { readonly int16: number }
  | { readonly int32: number }
  | { readonly bytes: Buffer };

export function frame(type: string, ...fields: readonly Field[]): Buffer {
  const body = Buffer.concat(fields.map(fieldBytes));
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** A message of the startup phase, which has no type letter. */
export function bareFrame(...fields: readonly Field[]): Buffer {
  const body = Buffer.concat(fields.map(fieldBytes));
  const head = Buffer.alloc(4);
  head.writeInt32BE(body.length + 4, 0);
  return Buffer.concat([head, body]);
}

function fieldBytes(field: Field): Buffer {
  if ('text' in field) return Buffer.from(`${field.text}\0`, 'utf8');
  if ('bytes' in field) return field.bytes;
  const bytes = Buffer.alloc('int16' in field ? 2 : 4);
  if ('int16' in field) bytes.writeInt16BE(field.int16);
  else bytes.writeInt32BE(field.int32);
  return bytes;
}

export const query = (sql: string): Buffer => frame('Q', { text: sql });

export function parse(name: string, sql: string, parameterTypes: Buffer = NO_PARAMETERS): Buffer {
  return frame('P', { text: name }, { text: sql }, { bytes: parameterTypes });
}

/** Binds without parameters, all results as text. */
export const bindPlain = (portal: string, statement: string): Buffer =>
  frame('B', { text: portal }, { text: statement }, { int16: 0 }, { int16: 0 }, { int16: 0 });

export const describePortal = (name: string): Buffer =>
  frame('D', { bytes: Buffer.from('P') }, { text: name });

export const execute = (portal: string): Buffer => frame('E', { text: portal }, { int32: 0 });

export const close = (what: 'statement' | 'portal', name: string): Buffer =>
  frame('C', { bytes: Buffer.from(what === 'statement' ? 'S' : 'P') }, { text: name });

export const flush = (): Buffer => frame('H');
export const sync = (): Buffer => frame('S');
export const terminate = (): Buffer => frame('X');
export const copyData = (data: Buffer): Buffer => frame('d', { bytes: data });
export const copyDone = (): Buffer => frame('c');
export const copyFail = (because: string): Buffer => frame('f', { text: because });

export const commandComplete = (tag: string): Buffer => frame('C', { text: tag });
export const parameterStatus = (name: string, value: string): Buffer =>
  frame('S', { text: name }, { text: value });

export type TransactionStatus = 'I' | 'T' | 'E';
export const readyForQuery = (status: TransactionStatus): Buffer =>
  frame('Z', { bytes: Buffer.from(status) });

const NO_PARAMETERS = Buffer.alloc(2);
