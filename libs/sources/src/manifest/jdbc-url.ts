import { Secret } from '#contracts';

/** How a warehouse is reached, as libs/warehouse wants it. */
export type WarehouseConnection = {
  /** `postgres://user:password@host:port/database?sslmode=…`; sslmode as node-postgres reads it */
  readonly url: Secret;
  readonly dialect: 'postgres' | 'redshift';
};

export type ParsedJdbcUrl =
  | { readonly kind: 'connection'; readonly connection: WarehouseConnection }
  | { readonly kind: 'problem'; readonly message: string };

const FORM = 'jdbc:postgresql://host:port/database?user=…&password=…';
const PORTS = { postgres: '5432', redshift: '5439' } as const;

/**
 * Reads `jdbc:postgresql://…`, `jdbc:redshift://…` and `postgres://…`. A Redshift endpoint behind the
 * Postgres driver, as Blueshift's manifests have it, is recognised by its host. No message repeats any part
 * of the url.
 */
export function parseJdbcUrl(text: string): ParsedJdbcUrl {
  const scheme = /^(?:jdbc:(?:postgresql|redshift)|postgres|postgresql):\/\//.exec(text)?.[0];
  if (scheme === undefined) return problem(schemeProblem(text));
  let url: URL;
  try {
    url = new URL(`postgres://${text.slice(scheme.length)}`);
  } catch {
    return problem(`cannot be read; the form is ${FORM}, with %-escapes for special characters`);
  }
  const missing = missingPart(url);
  if (missing !== undefined) return problem(`names no ${missing}; the form is ${FORM}`);
  const dialect =
    scheme.startsWith('jdbc:redshift') || isRedshiftHost(url.hostname) ? 'redshift' : 'postgres';
  const sslMode = sslModeOf(url.searchParams);
  if (sslMode.kind === 'problem') return sslMode;
  return { kind: 'connection', connection: { url: rewritten(url, dialect, sslMode.value), dialect } };
}

/** Redshift answers on `*.redshift.amazonaws.com` and `*.redshift-serverless.amazonaws.com` (also `.cn`). */
export function isRedshiftHost(host: string): boolean {
  return /\.redshift(-serverless)?\.amazonaws\.com(\.cn)?$/i.test(host);
}

function schemeProblem(text: string): string {
  if (/^jdbc:redshift:iam:/.test(text))
    return 'IAM authentication in the url is not supported; give a user and a password';
  if (/^jdbc:/.test(text)) return 'only jdbc:postgresql: and jdbc:redshift: urls can be used';
  return `has to start with jdbc:postgresql://, jdbc:redshift:// or postgres://; the form is ${FORM}`;
}

function missingPart(url: URL): string | undefined {
  if (url.hostname === '') return 'host';
  if (url.pathname.length < 2) return 'database';
  if (url.username === '' && !url.searchParams.get('user')) return 'user';
  return undefined;
}

/** Of the JDBC driver's parameters, only user, password and ssl mean something here; the rest is left out. */
function rewritten(url: URL, dialect: keyof typeof PORTS, sslMode: string | undefined): Secret {
  const user = url.searchParams.get('user') ?? decode(url.username);
  const password = url.searchParams.get('password') ?? decode(url.password);
  const login = `${encodeURIComponent(user)}${password === '' ? '' : `:${encodeURIComponent(password)}`}`;
  const place = `${url.hostname}:${url.port === '' ? PORTS[dialect] : url.port}${url.pathname}`;
  return new Secret(`postgres://${login}@${place}${sslMode === undefined ? '' : `?sslmode=${sslMode}`}`);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * pgjdbc's `require` encrypts without checking the certificate, which node-postgres calls `no-verify`; its
 * `ssl=true` alone checks it. `prefer` and `allow` would fall back to plain text, which node-postgres does
 * not do: no TLS.
 */
const SSL_MODES: Readonly<Record<string, string | undefined>> = {
  disable: 'disable',
  allow: undefined,
  prefer: undefined,
  require: 'no-verify',
  'no-verify': 'no-verify',
  'verify-ca': 'verify-full',
  'verify-full': 'verify-full',
};

function sslModeOf(
  query: URLSearchParams,
):
  | { readonly kind: 'mode'; readonly value: string | undefined }
  | { readonly kind: 'problem'; readonly message: string } {
  const mode = query.get('sslmode') ?? query.get('sslMode');
  if (mode !== null) {
    if (Object.hasOwn(SSL_MODES, mode)) return { kind: 'mode', value: SSL_MODES[mode] };
    return problem(`has an unknown sslmode; one of ${Object.keys(SSL_MODES).join(', ')}`);
  }
  const ssl = query.get('ssl');
  if (ssl === null || ssl === 'false') return { kind: 'mode', value: undefined };
  const trusting = /NonValidating/i.test(query.get('sslfactory') ?? query.get('sslFactory') ?? '');
  return { kind: 'mode', value: trusting ? 'no-verify' : 'verify-full' };
}

function problem(message: string): { readonly kind: 'problem'; readonly message: string } {
  return { kind: 'problem', message };
}
