import type { RejectedRow } from '#contracts';

/** Reasons in the words that STL_LOAD_ERRORS has for them, where these do not hold the value itself. */
const REASONS: Readonly<Record<number, string>> = {
  1201: 'Delimiter not found',
  1202: 'Extra column(s) found',
  1203: 'Delimiter not found',
  1204: 'String length exceeds DDL length',
  1205: 'Invalid Date Format - length must be 10 or more',
  1206: 'Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]',
  1211: 'Line is empty',
  1213: 'Missing data for not-null field',
  1214: 'Delimited value missing end quote',
  1215: 'Multibyte character not supported for CHAR (Hint: try using VARCHAR)',
  1220: 'String contains invalid or unsupported UTF8 codepoints',
};

/** STL_LOAD_ERRORS.err_reason; documents in JSON have reasons of their own, which the engine words. */
export function redshiftReason({ copyError, reason }: RejectedRow, isJson: boolean): string {
  const known = copyError === undefined || isJson ? undefined : REASONS[copyError];
  return known ?? reason;
}
