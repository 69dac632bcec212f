import { Secret } from '#contracts';

/** How a warehouse is reached, as libs/warehouse wants it. */
export type WarehouseConnection = {
  /** `postgres://user:password@host:port/database?sslmode=…`; sslmode as libpq has it */
  readonly url: Secret;
  readonly dialect: 'postgres' | 'redshift';
};

export type ParsedJdbcUrl =
  | { readonly kind: 'connection'; readonly connection: WarehouseConnection }
  | { readonly kind: 'problem'; readonly message: string };

const FORM = 'jdbc:postgresql://host:port/database?user=…&password=…';
const PORTS = { postgres: '5432', redshift: '5439' } as const;

/**
 * Reads a manifest's `jdbc:postgresql://…` or `jdbc:redshift://…`. A Redshift endpoint behind the Postgres
 * driver, as Blueshift's manifests have it, is recognised by its host. No message repeats any part of the
 * url.
 */
export function parseJdbcUrl(text: string): ParsedJdbcUrl {
  const scheme = /^jdbc:(?:postgresql|redshift):\/\//.exec(text)?.[0];
  if (scheme === undefined) return problem(schemeProblem(text));
  return readUrl(text.slice(scheme.length), scheme.startsWith('jdbc:redshift'), []);
}

/**
 * Reads what configuration may name: the same, and `postgres://…`. It may also name files, such as
 * sslrootcert.
 */
export function parseWarehouseUrl(text: string): ParsedJdbcUrl {
  const scheme = /^(?:jdbc:(?:postgresql|redshift)|postgres|postgresql|redshift):\/\//.exec(text)?.[0];
  if (scheme === undefined) return problem(schemeProblem(text));
  return readUrl(text.slice(scheme.length), scheme.includes('redshift'), ['sslrootcert', 'host']);
}

function readUrl(rest: string, isRedshift: boolean, kept: readonly string[]): ParsedJdbcUrl {
  let url: URL;
  try {
    url = new URL(`postgres://${rest}`);
  } catch {
    return problem(`cannot be read; the form is ${FORM}, with %-escapes for special characters`);
  }
  const missing = missingPart(url);
  if (missing !== undefined) return problem(`names no ${missing}; the form is ${FORM}`);
  const sslMode = sslModeOf(url.searchParams);
  if (sslMode.kind === 'problem') return sslMode;
  const dialect = isRedshift || isRedshiftHost(url.hostname) ? 'redshift' : 'postgres';
  const query = new URLSearchParams(sslMode.value === undefined ? {} : { sslmode: sslMode.value });
  for (const name of kept) {
    const value = url.searchParams.get(name);
    if (value !== null) query.set(name, value);
  }
  return { kind: 'connection', connection: { url: rewritten(url, dialect, query.toString()), dialect } };
}

/** Redshift answers on `*.redshift.amazonaws.com` and `*.redshift-serverless.amazonaws.com` (also `.cn`). */
function isRedshiftHost(host: string): boolean {
  return /\.redshift(-serverless)?\.amazonaws\.com(\.cn)?$/i.test(host);
}

function schemeProblem(text: string): string {
  if (text.startsWith('jdbc:redshift:iam:'))
    return 'IAM authentication in the url is not supported; give a user and a password';
  if (text.startsWith('jdbc:')) return 'only jdbc:postgresql: and jdbc:redshift: urls can be used';
  return `has to start with jdbc:postgresql:// or jdbc:redshift://; the form is ${FORM}`;
}

function missingPart(url: URL): string | undefined {
  if (url.hostname === '') return 'host';
  if (url.pathname.length < 2) return 'database';
  if (url.username === '' && !url.searchParams.get('user')) return 'user';
  return undefined;
}

/** Of the JDBC driver's parameters, only user, password and ssl mean something here; the rest is left out. */
function rewritten(url: URL, dialect: keyof typeof PORTS, query: string): Secret {
  const user = url.searchParams.get('user') ?? decode(url.username);
  const password = url.searchParams.get('password') ?? decode(url.password);
  const login = `${encodeURIComponent(user)}${password === '' ? '' : `:${encodeURIComponent(password)}`}`;
  const place = `${url.hostname}:${url.port === '' ? PORTS[dialect] : url.port}${url.pathname}`;
  return new Secret(`postgres://${login}@${place}${query === '' ? '' : `?${query}`}`);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** pgjdbc's `ssl=true` alone checks certificate and host (≥ 42.2.5), unless its factory says not to. */
function sslModeOf(
  query: URLSearchParams,
):
  | { readonly kind: 'mode'; readonly value: string | undefined }
  | { readonly kind: 'problem'; readonly message: string } {
  const mode = (query.get('sslmode') ?? query.get('sslMode'))?.toLowerCase();
  if (mode !== undefined) {
    if (SSL_MODES.includes(mode)) return { kind: 'mode', value: mode };
    return problem(`has an unknown sslmode; one of ${SSL_MODES.join(', ')}`);
  }
  const ssl = query.get('ssl');
  if (ssl === null || ssl === 'false') return { kind: 'mode', value: undefined };
  const isTrusting = /NonValidating/i.test(query.get('sslfactory') ?? query.get('sslFactory') ?? '');
  return { kind: 'mode', value: isTrusting ? 'require' : 'verify-full' };
}

function problem(message: string): { readonly kind: 'problem'; readonly message: string } {
  return { kind: 'problem', message };
}
