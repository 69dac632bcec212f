import { Failure, unreachable } from '#contracts';
import { StatementError } from '../wire/server-message.ts';
import type { Problem } from '../wire/server-message.ts';

/** What Redshift says when rows are refused; the rows themselves are in STL_LOAD_ERRORS. */
export function loadFailed(table: string): StatementError {
  return new StatementError({
    sqlState: 'XX000',
    message: `Load into table '${table}' failed.  Check 'stl_load_errors' system table for details.`,
  });
}

/** A failure of the store or of the COPY engine, in the form in which Redshift reports such things. */
export function asStatementError(thrown: unknown): unknown {
  if (!(thrown instanceof Failure)) return thrown;
  return new StatementError(problemOf(thrown), { cause: thrown });
}

function problemOf(failure: Failure): Problem {
  const { code, message } = failure;
  switch (code) {
    case 'access-denied':
      return internalError(8001, 'S3ServiceException:Access Denied,Status 403,Error AccessDenied', message);
    case 'file-missing':
    case 'file-changed':
    case 'file-unreadable':
      return internalError(8001, message, '');
    case 'unavailable':
      return internalError(9005, message, 'the object store does not answer');
    case 'options-invalid':
      return { sqlState: '42601', message };
    case 'schema-mismatch':
      return { sqlState: /does not exist/.test(message) ? '42703' : 'XX000', message };
    case 'manifest-invalid':
    case 'warehouse-unknown':
    case 'copy-rejected':
    case 'constraint-violated':
    case 'stale-data':
    case 'serialization-conflict':
    case 'load-timeout':
    case 'inline-url-refused':
    case 'internal':
      return { sqlState: 'XX000', message };
    default:
      return unreachable(code);
  }
}

const RULE = '-----------------------------------------------';

/** The box that Redshift puts into the detail of errors of its compute nodes. */
export function internalError(code: number, error: string, context: string): Problem {
  const lines = [RULE, `error:  ${error}`, `code:      ${code}`, `context:   ${context}`, RULE];
  return { sqlState: 'XX000', message: error, detail: `\n  ${lines.join('\n  ')}\n` };
}
