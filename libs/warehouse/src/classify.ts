import { Failure } from '#contracts';
import type { FailureCode } from '#contracts';

/**
 * SQLSTATE by name → our code (Postgres manual, appendix A). Two letters of a class stand for all of
 * it; an exact code goes before its class. What is not here is `internal`.
 */
const STATES: Readonly<Record<string, readonly [name: string, code: FailureCode]>> = {
  '08': ['connection_exception', 'unavailable'],
  '0A': ['feature_not_supported', 'schema-mismatch'],
  '21': ['cardinality_violation', 'manifest-invalid'],
  '22': ['data_exception', 'copy-rejected'],
  '22001': ['string_data_right_truncation', 'copy-rejected'],
  '22003': ['numeric_value_out_of_range', 'copy-rejected'],
  '22P02': ['invalid_text_representation', 'copy-rejected'],
  '22P04': ['bad_copy_file_format', 'copy-rejected'],
  '23502': ['not_null_violation', 'constraint-violated'],
  '23503': ['foreign_key_violation', 'constraint-violated'],
  '23505': ['unique_violation', 'constraint-violated'],
  '23514': ['check_violation', 'constraint-violated'],
  '23': ['integrity_constraint_violation', 'constraint-violated'],
  '25006': ['read_only_sql_transaction', 'unavailable'],
  '25P03': ['idle_in_transaction_session_timeout', 'unavailable'],
  '28P01': ['invalid_password', 'access-denied'],
  '28': ['invalid_authorization_specification', 'access-denied'],
  '3D000': ['invalid_catalog_name', 'warehouse-unknown'],
  '3F000': ['invalid_schema_name', 'schema-mismatch'],
  '40001': ['serialization_failure', 'serialization-conflict'],
  '40P01': ['deadlock_detected', 'serialization-conflict'],
  '40': ['transaction_rollback', 'serialization-conflict'],
  '42': ['syntax_error_or_access_rule_violation', 'schema-mismatch'],
  '42501': ['insufficient_privilege', 'access-denied'],
  '42601': ['syntax_error', 'manifest-invalid'],
  '42703': ['undefined_column', 'schema-mismatch'],
  '42804': ['datatype_mismatch', 'schema-mismatch'],
  '42P01': ['undefined_table', 'schema-mismatch'],
  '42803': ['grouping_error', 'manifest-invalid'],
  '42883': ['undefined_function', 'manifest-invalid'],
  '44000': ['with_check_option_violation', 'constraint-violated'],
  '53100': ['disk_full', 'unavailable'],
  '53300': ['too_many_connections', 'unavailable'],
  '53': ['insufficient_resources', 'unavailable'],
  '54': ['program_limit_exceeded', 'copy-rejected'],
  '55000': ['object_not_in_prerequisite_state', 'schema-mismatch'],
  '55006': ['object_in_use', 'serialization-conflict'],
  '55P03': ['lock_not_available', 'unavailable'],
  '57014': ['query_canceled', 'load-timeout'],
  '57P01': ['admin_shutdown', 'unavailable'],
  '57P02': ['crash_shutdown', 'unavailable'],
  '57P03': ['cannot_connect_now', 'unavailable'],
  '57P04': ['database_dropped', 'warehouse-unknown'],
  '57': ['operator_intervention', 'unavailable'],
  '58030': ['io_error', 'unavailable'],
  P0001: ['raise_exception', 'constraint-violated'],
};

/** Errors of Node's sockets and of pg's own connection handling, by code or by pg's fixed English text. */
const NETWORK =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)$/;
const LOST =
  /^(Connection terminated|timeout e|Client was closed|Client has encountered a conn|Cannot use a pool)/;
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)|does not support SSL/;

const REMEDIES: Readonly<Record<string, string>> = {
  '28P01': 'Correct user and password of the warehouse url, then: dopplershift retry.',
  '28': 'Correct the user of the warehouse url, or the server’s pg_hba.conf, then: dopplershift retry.',
  '42501': 'Grant the role of the warehouse url what the message names, then: dopplershift retry.',
  '3D000': 'Create the database, or correct its name in the warehouse url, then: dopplershift retry.',
  '53': 'Give the server connections, memory or disk; the load goes on when it has them.',
  '55P03': 'Nothing to do: the load goes on when the other session is done.',
  '42601': 'Correct :staging-select; the server could not run it.',
  '42883': 'Correct :staging-select or the types of the key columns; the server has no such function.',
};

/**
 * What the server says about an error, as far as it may be repeated: never `detail` or `where`, which
 * hold cells.
 */
export type ServerError = {
  readonly sqlState: string;
  readonly message: string;
  readonly constraint?: string;
  readonly column?: string;
  /** the raw context; only for finding the line of a COPY */
  readonly where?: string;
};

/** The server's answer inside a thrown value; nothing when the error is not the server's. */
export function readServerError(thrown: unknown): ServerError | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || !('severity' in thrown)) return undefined;
  const { code } = thrown;
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return undefined;
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(thrown, name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [constraint, column, where] = [text('constraint'), text('column'), text('where')];
  return {
    sqlState: code,
    message: thrown.message,
    ...(constraint && { constraint }),
    ...(column && { column }),
    ...(where && { where }),
  };
}

/** The connection itself is gone, or never was: nobody knows what the server did last. */
export function isConnectionLost(thrown: unknown): boolean {
  const server = readServerError(thrown);
  if (server) return /^(08|57P0[1-5]|25P03)/.test(server.sqlState);
  return thrown instanceof Error && (NETWORK.test(codeOf(thrown)) || LOST.test(thrown.message));
}

/** undefined_table or invalid_schema_name */
export function isMissing(thrown: unknown): boolean {
  return ['42P01', '3F000'].includes(readServerError(thrown)?.sqlState ?? '');
}

/**
 * Anything thrown by pg, as a Failure.
 * @param doing the verb that failed, e.g. `merging into public.orders`
 */
export function classify(thrown: unknown, doing: string): Failure {
  if (thrown instanceof Failure) return thrown;
  const server = readServerError(thrown);
  if (server) return fromServer(server, doing, thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const cause = { cause: thrown };
  if (isConnectionLost(thrown)) return new Failure('unavailable', `${doing}: ${message}`, cause);
  if (thrown instanceof Error && TLS.test(codeOf(thrown) || message))
    return new Failure('access-denied', `${doing}: ${message}`, {
      ...cause,
      remedy: 'Correct sslmode or sslrootcert in the warehouse url, then: dopplershift retry.',
    });
  // pg's own sentence about a password that is missing or a server that does not prove to know it.
  if (message.startsWith('SASL')) return new Failure('access-denied', `${doing}: ${message}`, cause);
  return new Failure('internal', `${doing}: ${message}`, cause);
}

function fromServer(server: ServerError, doing: string, thrown: unknown): Failure {
  const { sqlState } = server;
  const [name, code] = STATES[sqlState] ?? STATES[sqlState.slice(0, 2)] ?? ['unknown', 'internal'];
  const remedy = REMEDIES[sqlState] ?? REMEDIES[sqlState.slice(0, 2)];
  const holdsCells = /^(22|23|44|54|P0)/.test(sqlState);
  return new Failure(code, `${doing}: ${sayPlainly(server)} (SQLSTATE ${sqlState} ${name})`, {
    ...(remedy && { remedy }),
    // The driver's error carries cell values in its detail and context.
    ...(!holdsCells && { cause: thrown }),
    ...(sqlState === '55P03' && { scope: 'lane' }),
  });
}

function codeOf(thrown: Error): string {
  const code: unknown = Reflect.get(thrown, 'code');
  return typeof code === 'string' ? code : '';
}

/** The server's sentence without what it quotes from the data; names of things stay. */
export function sayPlainly(server: Pick<ServerError, 'sqlState' | 'message'>): string {
  if (!server.sqlState.startsWith('22')) return server.message;
  return server.message.replace(/:\s*".*$/s, '').replace(QUOTED_CELL, '');
}

const QUOTED_CELL = /(?<!\b(?:column|encoding|type|relation|constraint|table|domain|enum) )"[^"]*" ?/g;
