/**
 * A default goes into `create table` as it stands, as it always did (reference/s3-to-redshift.md), and a
 * config comes from whoever may write to the bucket. So it may be a literal or one of these functions, and
 * nothing else.
 */
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const STRING = /^'(?:[^'\\\0]|'')*'$/;
const WORD = /^(?:true|false|null|current_timestamp|current_date|sysdate|(?:getdate|now)\(\))$/i;

export function isDefaultValue(text: string): boolean {
  return NUMBER.test(text) || STRING.test(text) || WORD.test(text);
}
