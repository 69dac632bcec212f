import { BodyReader } from './read-body.ts';
import { frame } from './write-frame.ts';
import type { Field } from './write-frame.ts';

/** An error or a notice as it travels: letter → text (Postgres manual §55.8). */
export type MessageFields = ReadonlyMap<string, string>;

export function readMessageFields(body: Buffer): MessageFields {
  const reader = new BodyReader(body);
  const fields = new Map<string, string>();
  for (let letter = reader.byte(); letter !== 0; letter = reader.byte())
    fields.set(String.fromCharCode(letter), reader.text());
  return fields;
}

/** What a statement is refused with, or what failed inside the emulator, in the server's manner. */
export type Problem = {
  readonly sqlState: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  /** characters from 1, into the client's own text */
  readonly position?: number;
  readonly severity?: 'ERROR' | 'FATAL';
};

/** Thrown wherever a statement cannot go on; the session tells the client, and the transaction is aborted. */
export class StatementError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.name = 'StatementError';
    this.problem = problem;
  }
}

export function problemOf(fields: MessageFields): Problem {
  const detail = fields.get('D');
  const hint = fields.get('H');
  return {
    sqlState: fields.get('C') ?? 'XX000',
    message: fields.get('M') ?? '',
    ...(detail !== undefined && { detail }),
    ...(hint !== undefined && { hint }),
  };
}

export function errorResponse(problem: Problem): Buffer {
  const { severity = 'ERROR', position } = problem;
  return frame('E', ...fieldsOf({ ...problem, severity }, position), END);
}

export type Notice = {
  readonly severity: 'INFO' | 'NOTICE' | 'WARNING';
  readonly message: string;
  readonly sqlState?: string;
};

export function noticeResponse({ severity, message, sqlState = '00000' }: Notice): Buffer {
  return frame('N', ...fieldsOf({ severity, message, sqlState }, undefined), END);
}

export function messageFrame(type: 'E' | 'N', fields: MessageFields): Buffer {
  return frame(type, ...[...fields].map(([letter, text]) => ({ text: `${letter}${text}` })), END);
}

type Told = {
  readonly severity: string;
  readonly sqlState: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
};

function fieldsOf(told: Told, position: number | undefined): Field[] {
  const { severity, sqlState, message, detail, hint } = told;
  const texts = [`S${severity}`, `C${sqlState}`, `M${message}`];
  if (detail !== undefined) texts.push(`D${detail}`);
  if (hint !== undefined) texts.push(`H${hint}`);
  if (position !== undefined) texts.push(`P${position}`);
  // a NUL would end the field early and shift all that follow
  return texts.map((text) => ({ text: text.replaceAll('\0', '') }));
}

const END: Field = { bytes: Buffer.alloc(1) };
