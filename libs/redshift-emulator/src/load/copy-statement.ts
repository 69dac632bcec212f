import { parseCopyOptions } from '#copy';
import type { CopyOptions } from '#copy';
import type { Statement } from '../sql/statement.ts';
import { TokenCursor } from '../sql/token-cursor.ts';
import type { TableName } from '../sql/token-cursor.ts';
import { StatementError } from '../wire/server-message.ts';

/** `COPY table [(columns)] FROM 's3://…' authorization options`, taken apart. */
export type CopyStatement = {
  readonly table: TableName;
  readonly columns: readonly string[] | undefined;
  /** `s3://bucket/key-prefix`, or the manifest */
  readonly from: string;
  readonly options: CopyOptions;
};

/** @throws StatementError; no message of it repeats what may be a credential */
export function readCopyStatement(statement: Statement): CopyStatement {
  const cursor = new TokenCursor(statement);
  cursor.need('copy');
  const table = cursor.tableName();
  const columns = cursor.peek()?.raw === '(' ? cursor.names() : undefined;
  if (!cursor.take('from') || cursor.peek()?.kind !== 'text') throw notLoadable();
  const from = cursor.text();
  if (!/^s3:\/\/[^/]+\/?/.test(from)) throw notLoadable();
  return { table, columns, from, options: readOptions(cursor.rest()) };
}

function readOptions(text: string): CopyOptions {
  const parsed = parseCopyOptions(text);
  if (parsed.kind === 'options') return parsed.options;
  const message = parsed.problems.map((problem) => problem.message).join('; ');
  throw new StatementError({ sqlState: '42601', message: `COPY: ${message}` });
}

/** Redshift's own words, for everything that is not S3. */
function notLoadable(): StatementError {
  return new StatementError({
    sqlState: '0A000',
    message: 'LOAD source is not supported. (Hint: only S3 or DynamoDB or EMR based load is allowed)',
    hint: 'The emulator loads from s3:// only.',
  });
}
