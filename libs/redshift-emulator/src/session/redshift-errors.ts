import type { MessageFields } from '../wire/server-message.ts';

/** Names of the checks that count bytes: `redshift_varchar_12_bytes_3` (catalog/adopt-table.ts). */
const BYTES_CHECK = /^redshift_(varchar|char)_(\d+)_bytes_/;

/** An error of PostgreSQL in the words of Redshift, where it has words of its own. */
export function redshiftFields(fields: MessageFields): MessageFields {
  const sqlState = fields.get('C') ?? '';
  if (sqlState === '40001') return reworded(fields, { C: 'XX000', M: CONFLICT });
  const tooLong = BYTES_CHECK.exec(fields.get('n') ?? '');
  if (sqlState === '23514' && tooLong) {
    const type = tooLong[1] === 'char' ? 'character' : 'character varying';
    return reworded(fields, { C: '22001', M: `value too long for type ${type}(${tooLong[2]})` });
  }
  return fields;
}

/** Under snapshot isolation, the default of new clusters (reference/redshift-copy.md §5). */
const CONFLICT = 'could not complete because of conflict with concurrent transaction';

/** Details and places belong to PostgreSQL's way of finding out. */
function reworded(fields: MessageFields, words: Readonly<Record<string, string>>): MessageFields {
  const kept = [...fields].filter(([letter]) => 'SV'.includes(letter));
  return new Map([...kept, ...Object.entries(words)]);
}
