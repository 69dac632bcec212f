import { lint } from '../lint/lint.ts';
import { splitStatements } from '../sql/statement.ts';
import type { Statement } from '../sql/statement.ts';
import { TokenCursor } from '../sql/token-cursor.ts';
import { translate } from '../statements/translate.ts';
import { StatementError } from '../wire/server-message.ts';

export type UnloadFormat =
  | {
      readonly kind: 'Text';
      readonly delimiter: string;
      readonly addQuotes: boolean;
      readonly escape: boolean;
    }
  | { readonly kind: 'Csv'; readonly delimiter: string }
  /** widths in characters, by column */
  | { readonly kind: 'FixedWidth'; readonly widths: readonly number[] }
  | { readonly kind: 'Json' };

/** `UNLOAD ('query') TO 's3://prefix' authorization options`, taken apart. */
export type UnloadStatement = {
  /** for PostgreSQL */
  readonly query: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly format: UnloadFormat;
  readonly header: boolean;
  readonly nullAs: string;
  readonly gzip: boolean;
  readonly manifest: 'none' | 'plain' | 'verbose';
  readonly allowOverwrite: boolean;
  readonly cleanPath: boolean;
  readonly parallel: boolean;
  /** what a file's name ends in, besides `.gz` */
  readonly extension: string | undefined;
};

/** @throws StatementError; no message of it repeats what may be a credential */
export function readUnloadStatement(statement: Statement): UnloadStatement {
  const cursor = new TokenCursor(statement);
  cursor.need('unload');
  cursor.needSymbol('(');
  const query = readQuery(cursor.text());
  cursor.needSymbol(')');
  cursor.need('to');
  const place = /^s3:\/\/([^/]+)\/(.*)$/s.exec(cursor.text());
  if (place?.[1] === undefined || place[2] === undefined)
    throw refused('UNLOAD writes to s3://bucket/prefix');
  const given = new GivenOptions();
  while (!cursor.done) readOption(cursor, given);
  return { query, bucket: place[1], prefix: place[2], ...given.settled() };
}

/** In the text of UNLOAD a quote of the query is doubled or escaped. */
function readQuery(text: string): string {
  const inner = splitStatements(text.replace(/\\(['\\])/g, '$1'));
  const [query] = inner;
  if (query === undefined || inner.length > 1) throw refused('UNLOAD takes one query');
  const problem = lint(query);
  if (problem) throw new StatementError({ sqlState: problem.sqlState, message: problem.message });
  if (!/^(select|with)$/.test(query.tokens[0]?.value ?? '')) throw refused('UNLOAD takes a SELECT');
  refuseLimit(query);
  return translate(query);
}

/** "You can't use a LIMIT clause in the outer SELECT" (Redshift's UNLOAD). */
function refuseLimit({ tokens }: Statement): void {
  let depth = 0;
  for (const { raw, value, kind } of tokens) {
    if (raw === '(') depth += 1;
    if (raw === ')') depth -= 1;
    if (depth === 0 && kind === 'word' && value === 'limit')
      throw new StatementError({
        sqlState: '0A000',
        message: 'Limit clause is not supported',
        hint: 'Put the LIMIT into a query inside the query.',
      });
  }
}

/** What was said, before it is known which of it goes together. */
class GivenOptions {
  format: 'text' | 'csv' | 'json' = 'text';
  delimiter: string | undefined;
  widths: readonly number[] | undefined;
  addQuotes = false;
  escape = false;
  header = false;
  nullAs = '';
  gzip = false;
  manifest: UnloadStatement['manifest'] = 'none';
  allowOverwrite = false;
  cleanPath = false;
  parallel = true;
  extension: string | undefined;

  settled(): Omit<UnloadStatement, 'query' | 'bucket' | 'prefix'> {
    const { header, nullAs, gzip, manifest, allowOverwrite, cleanPath, parallel, extension } = this;
    if (allowOverwrite && cleanPath) throw refused('ALLOWOVERWRITE cannot be used with CLEANPATH');
    const format = this.#settledFormat();
    return {
      format,
      header,
      nullAs,
      gzip,
      manifest,
      allowOverwrite,
      cleanPath,
      parallel,
      extension,
    };
  }

  #settledFormat(): UnloadFormat {
    const { format, delimiter, widths, addQuotes, escape, header } = this;
    if (widths !== undefined) {
      if (format !== 'text' || delimiter !== undefined || header || addQuotes || escape)
        throw refused('FIXEDWIDTH cannot be used with a format, DELIMITER, HEADER, ADDQUOTES or ESCAPE');
      return { kind: 'FixedWidth', widths };
    }
    if (format === 'text') return { kind: 'Text', delimiter: delimiter ?? '|', addQuotes, escape };
    if (addQuotes || escape) throw refused(`${format.toUpperCase()} cannot be used with ADDQUOTES or ESCAPE`);
    if (format === 'csv') return { kind: 'Csv', delimiter: delimiter ?? ',' };
    if (delimiter !== undefined || header) throw refused('JSON cannot be used with DELIMITER or HEADER');
    return { kind: 'Json' };
  }
}

const CREDENTIALS = ['iam_role', 'credentials', 'access_key_id', 'secret_access_key', 'session_token'];

const REFUSED: Readonly<Record<string, string>> = {
  parquet: 'does not write PARQUET',
  partition: 'does not write partitions (PARTITION BY)',
  bzip2: 'does not write BZIP2; GZIP works',
  zstd: 'does not write ZSTD; GZIP works',
  encrypted: 'does not encrypt what it unloads',
  kms_key_id: 'does not encrypt what it unloads',
  master_symmetric_key: 'does not encrypt what it unloads',
};

type Reader = (cursor: TokenCursor, given: GivenOptions) => void;

const OPTIONS: Readonly<Record<string, Reader>> = {
  addquotes: (_cursor, given) => void (given.addQuotes = true),
  allowoverwrite: (_cursor, given) => void (given.allowOverwrite = true),
  cleanpath: (_cursor, given) => void (given.cleanPath = true),
  csv: (_cursor, given) => void (given.format = 'csv'),
  delimiter: (cursor, given) => {
    cursor.take('as');
    given.delimiter = readCharacter(cursor.text());
  },
  escape: (_cursor, given) => void (given.escape = true),
  extension: (cursor, given) => void (given.extension = cursor.text()),
  fixedwidth: (cursor, given) => {
    cursor.take('as');
    given.widths = cursor.text().split(',').map(readWidth);
  },
  format: (cursor) => void cursor.take('as'),
  gzip: (_cursor, given) => void (given.gzip = true),
  header: (_cursor, given) => void (given.header = true),
  json: (_cursor, given) => void (given.format = 'json'),
  manifest: (cursor, given) => void (given.manifest = cursor.take('verbose') ? 'verbose' : 'plain'),
  maxfilesize: (cursor) => {
    cursor.take('as');
    cursor.next();
    if (!cursor.take('mb')) cursor.take('gb');
  },
  null: (cursor, given) => {
    cursor.take('as');
    given.nullAs = readCharacter(cursor.text());
  },
  parallel: (cursor, given) => {
    const value = cursor.next().value;
    given.parallel = value === 'on' || value === 'true';
  },
  region: (cursor) => {
    cursor.take('as');
    cursor.text();
  },
};

function readOption(cursor: TokenCursor, given: GivenOptions): void {
  const token = cursor.next();
  if (token.kind === 'word' && CREDENTIALS.includes(token.value)) {
    cursor.take('as');
    cursor.next();
    return;
  }
  if (token.kind === 'word' && token.value === 'with') return;
  const limit = REFUSED[token.value];
  if (limit !== undefined)
    throw new StatementError({ sqlState: '0A000', message: `UNLOAD: the emulator ${limit}` });
  const read = token.kind === 'word' ? OPTIONS[token.value] : undefined;
  // the token may be a credential out of place
  if (!read)
    throw refused(
      token.kind === 'word' ? `UNLOAD does not know ${token.raw}` : 'UNLOAD: an option is expected',
    );
  read(cursor, given);
}

/** `'\t'`, `'\011'`, or the text as it is. */
function readCharacter(text: string): string {
  const octal = /^\\([0-7]{3})$/.exec(text);
  if (octal?.[1] !== undefined) return String.fromCharCode(Number.parseInt(octal[1], 8));
  return text === '\\t' ? '\t' : text.replaceAll('\\\\', '\\');
}

function readWidth(part: string): number {
  const width = Number(part.split(':').at(-1));
  if (Number.isSafeInteger(width) && width > 0) return width;
  throw refused("FIXEDWIDTH takes 'column:width,column:width,…'");
}

function refused(message: string): StatementError {
  return new StatementError({ sqlState: '42601', message });
}
