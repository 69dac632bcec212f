import { Failure } from '#contracts';
import type { FailureCode, FailureDetails } from '#contracts';
import { classify as classifyByState, isConnectionLost, readServerError } from '../classify.ts';

/**
 * Redshift says most of what goes wrong on its nodes with SQLSTATE XX000, so its sentences have to be read
 * (reference/redshift-copy.md §5). The first rule that fits decides.
 */
type Rule = {
  readonly says: RegExp;
  readonly code: FailureCode;
  /** what may be repeated instead of the server's sentence, which may quote cells */
  readonly sentence?: string;
  readonly remedy?: string;
};

const CONFLICT: Pick<Rule, 'code' | 'remedy'> = {
  code: 'serialization-conflict',
  remedy:
    'Nothing to do unless it goes on: another session writes the same tables; find it with svv_transactions.',
};
const COPY_CREDENTIALS =
  'Correct iamRole, or the access keys, of this warehouse in the configuration, then: dopplershift retry.';

const RULES: readonly Rule[] = [
  // SERIALIZABLE isolation says 1023; SNAPSHOT, the default of newer clusters, has a sentence of its own.
  { says: /\b1023\b|serializable isolation violation/i, ...CONFLICT },
  { says: /conflict with concurrent transaction/i, ...CONFLICT },
  // The relation was replaced after the snapshot was taken.
  { says: /\b1018\b.*relation|could not open relation with oid|concurrently dropped/i, ...CONFLICT },
  { says: /deadlock detected/i, ...CONFLICT },
  { says: /disk full|out of (disk|memory)/i, code: 'unavailable' },
  { says: /cannot insert a null value|null value in column/i, code: 'constraint-violated' },
  {
    says: /not authorized to (assume|get credentials)|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken/i,
    code: 'access-denied',
    remedy: COPY_CREDENTIALS,
  },
  {
    says: /unable to locate credentials|no credentials|default iam role|token.*(expired|invalid)/i,
    code: 'access-denied',
    remedy: COPY_CREDENTIALS,
  },
  {
    says: /PermanentRedirect|AuthorizationHeaderMalformed|using the specified endpoint|wrong region/i,
    code: 'options-invalid',
    remedy:
      'Set the region of the bucket (s3.region), and of the warehouse (region), then: dopplershift retry.',
  },
  {
    says: /inflate|zlib|gzip|bzip2?|zstd|lzop?|decompress|not in .* format|invalid (parquet|orc)|footer/i,
    code: 'file-unreadable',
    remedy: 'Check the compression and format options against the file, and upload the file again.',
  },
  { says: /value too long|string length exceeds/i, code: 'copy-rejected', sentence: 'a value is too long' },
  {
    says: /invalid (digit|value|date|timestamp|input syntax|character)|overflow|out of range/i,
    code: 'copy-rejected',
    sentence: 'a value does not fit its column',
  },
  { says: /load into table .* failed|stl_load_errors|sys_load_error_detail/i, code: 'copy-rejected' },
];

/** How a node reports to the leader: `error: …`, `code: …`, `context: …`, one a line, in the detail. */
export type NodeReport = {
  readonly sentence: string;
  /** e.g. 8001; not the load error codes 1201–1224 */
  readonly code?: number;
  readonly context?: string;
};

/** @returns nothing when the error is not the server's */
export function readNodeReport(thrown: unknown): NodeReport | undefined {
  const server = readServerError(thrown);
  if (!server) return undefined;
  const detail = textOf(thrown, 'detail');
  const part = (name: string): string | undefined =>
    new RegExp(`^\\s*${name}:\\s*(.+?)\\s*$`, 'm').exec(detail)?.[1];
  const code = Number(part('code'));
  const context = part('context');
  return {
    sentence: part('error') ?? server.message,
    ...(code > 0 && { code }),
    ...(context !== undefined && { context }),
  };
}

/** Everything the server said, to look for names of ours in it; never to be repeated. */
export function allWords(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return [message, textOf(thrown, 'detail'), textOf(thrown, 'hint')].join('\n');
}

/**
 * Anything thrown while talking to Redshift, as a Failure.
 * @param doing the verb that failed, e.g. `merging into public.orders`
 */
export function classify(thrown: unknown, doing: string): Failure {
  const server = thrown instanceof Failure ? undefined : readServerError(thrown);
  if (!server || isConnectionLost(thrown)) return classifyByState(thrown, doing);
  const words = allWords(thrown);
  const rule = RULES.find(({ says }) => says.test(words));
  // SQLSTATEs of the leader node are exact; what the nodes say is all XX000.
  if (!rule || !/^(XX|58)/.test(server.sqlState)) return byState(thrown, doing, rule);
  const node = readNodeReport(thrown);
  const sentence = rule.sentence ?? withoutCells(node?.sentence ?? server.message);
  return new Failure(rule.code, `${doing}: ${sentence} (${codeOf(server.sqlState, node)})`, detailsOf(rule));
}

/** A conflict is a conflict whatever its SQLSTATE. */
function byState(thrown: unknown, doing: string, rule: Rule | undefined): Failure {
  const failure = classifyByState(thrown, doing);
  if (rule?.code !== 'serialization-conflict' || failure.code === rule.code) return failure;
  return new Failure(rule.code, failure.message, detailsOf(rule));
}

function detailsOf({ remedy }: Rule): FailureDetails {
  return remedy === undefined ? {} : { remedy };
}

function codeOf(sqlState: string, node: NodeReport | undefined): string {
  return node?.code === undefined ? `SQLSTATE ${sqlState}` : `SQLSTATE ${sqlState}, code ${node.code}`;
}

/** `Invalid digit, Value 'x', Pos 0, Type: Integer`: what stands in quotes may be a cell. */
export function withoutCells(sentence: string): string {
  return sentence
    .replace(/,?\s*\bvalue:?\s*'.*?'(?=,|\.|$)/gis, '')
    .replace(/:\s*".*$/s, '')
    .trim();
}

function textOf(thrown: unknown, name: string): string {
  const value: unknown = thrown instanceof Error ? Reflect.get(thrown, name) : undefined;
  return typeof value === 'string' ? value : '';
}
