import type { MessageFields } from '../wire/server-message.ts';

/** Names of the checks that count bytes: `redshift_varchar_12_bytes_3` (catalog/tables-sql.ts). */
const BYTES_CHECK = /^redshift_(varchar|char)_(\d+)_bytes_/;

export type Isolation = 'snapshot' | 'serializable';

/** An error of PostgreSQL in the words of Redshift, where it has words of its own. */
export function redshiftFields(fields: MessageFields, isolation: Isolation): MessageFields {
  switch (fields.get('C')) {
    case '40001':
      return reworded(fields, isolation === 'snapshot' ? SNAPSHOT_CONFLICT : SERIALIZABLE_CONFLICT);
    case '23514':
      return tooLong(fields);
    case '21000':
      return (fields.get('M') ?? '').startsWith('MERGE command') ? reworded(fields, SEVERAL_MATCHES) : fields;
    case '428C9':
      return reworded(fields, IDENTITY_GIVEN);
    case undefined:
    default:
      return fields;
  }
}

type Words = { readonly sqlState: string; readonly message: string; readonly detail?: string };

/** Error 1023 of serializable isolation (reference/redshift-copy.md §5). */
export const SERIALIZABLE_CONFLICT: Words = {
  sqlState: 'XX000',
  message: '1023',
  detail:
    'Serializable isolation violation on table - 100000, transactions forming the cycle are: 1, 2 (pid:1)',
};

/** The same under snapshot isolation, the default of new clusters. */
export const SNAPSHOT_CONFLICT: Words = {
  sqlState: 'XX000',
  message: 'could not complete because of conflict with concurrent transaction',
};

/** reference/redshift-copy.md §6 */
const SEVERAL_MATCHES: Words = {
  sqlState: 'XX000',
  message: 'Found multiple matches to update the same tuple',
};

const IDENTITY_GIVEN: Words = {
  sqlState: '0A000',
  message: 'cannot set an identity column to a value',
};

function tooLong(fields: MessageFields): MessageFields {
  const check = BYTES_CHECK.exec(fields.get('n') ?? '');
  if (!check) return fields;
  const type = check[1] === 'char' ? 'character' : 'character varying';
  return reworded(fields, { sqlState: '22001', message: `value too long for type ${type}(${check[2]})` });
}

/** Details and places belong to PostgreSQL's way of finding out. */
function reworded(fields: MessageFields, { sqlState, message, detail }: Words): MessageFields {
  const kept = [...fields].filter(([letter]) => 'SV'.includes(letter));
  return new Map([...kept, ['C', sqlState], ['M', message], ...(detail ? [['D', detail] as const] : [])]);
}
