/**
 * Redshift's load errors by code (reference/redshift-copy.md §5; the texts follow r_Load_Error_Reference).
 * A reason never holds a cell's value.
 */
export const COPY_ERRORS = {
  1200: 'Unknown parse error',
  1201: 'Field delimiter not found',
  1202: 'Extra column(s) found: more columns than the column list',
  1203: 'Fewer columns than the column list',
  1204: 'The value exceeds the length or range of the column',
  1205: 'Invalid date format',
  1206: 'Invalid timestamp format',
  1207: 'Invalid digit: a value outside the range 0–9',
  1208: 'Invalid floating-point value',
  1209: 'Invalid decimal value',
  1210: 'Invalid boolean value',
  1211: 'The line is empty',
  1213: 'NOT NULL column without data',
  1214: 'Delimiter not found: a quote is not closed, or text follows a closing quote',
  1215: 'CHAR holds single-byte characters only',
  1216: 'Invalid input line',
  1218: "More bytes next to the NUL of NULL AS '\\0'",
  1219: 'Invalid digit in a UTF-8 sequence',
  1220: 'Invalid or unsupported UTF-8',
  1221: 'The encoding of the file differs from the one declared',
  1222: 'Integer overflow',
  1223: 'The value does not fit the type of the column',
  1224: 'Malformed JSON',
  /** ours: Redshift's documents contradict themselves about NUL; Postgres cannot store it (docs/copy.md) */
  1290: 'NUL byte: PostgreSQL text cannot hold it',
} as const;

export type CopyErrorCode = keyof typeof COPY_ERRORS;

/** Codes that no file causes in the engine of libs/copy, and why; all others have a case in its specs. */
export const CODES_ELSEWHERE: Readonly<Partial<Record<CopyErrorCode, string>>> = {
  1200: 'what has no code of its own',
  1201: 'a row without any delimiter is a short row: 1203',
  1213: 'the table, not the file, decides it: golden vector 35',
  1219: 'about digits of UTF-8 escapes, which no text format has; invalid bytes are 1220',
  1223: 'of types that only the server knows, and it refuses them',
};

export function copyErrorReason(code: number): string {
  return isKnown(code) ? COPY_ERRORS[code] : COPY_ERRORS[1200];
}

function isKnown(code: number): code is CopyErrorCode {
  return Object.hasOwn(COPY_ERRORS, code);
}
