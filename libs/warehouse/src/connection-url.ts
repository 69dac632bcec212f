import { readFileSync } from 'node:fs';
import { Secret } from '#contracts';

/**
 * `none`: plain text. `encrypted`: TLS, any certificate. `trusted`: a known authority. `verified`: and
 * host.
 */
export type Tls = 'none' | 'encrypted' | 'trusted' | 'verified';

export type ConnectionSettings = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user?: string;
  readonly password?: Secret;
  readonly tls: Tls;
  /** PEM */
  readonly certificateAuthority?: string;
};

const SSL_MODES: Readonly<Record<string, Tls>> = {
  disable: 'none',
  allow: 'none',
  prefer: 'none',
  require: 'encrypted',
  'verify-ca': 'trusted',
  'verify-full': 'verified',
};

/**
 * Reads `postgres://user:password@host:port/db?sslmode=…` and Blueshift's
 * `jdbc:postgresql://host:port/db?user=…&password=…&ssl=true` (also `jdbc:redshift://`).
 * @throws RangeError that names the part which is wrong, and never shows the url
 */
export function parseConnectionUrl(url: Secret): ConnectionSettings {
  const parsed = readUrl(
    url
      .reveal()
      .trim()
      .replace(/^jdbc:/, ''),
  );
  const query = parsed.searchParams;
  const user = decoded(parsed.username, 'user') || query.get('user');
  const password = decoded(parsed.password, 'password') || query.get('password');
  const authority = query.get('sslrootcert');
  return {
    host: query.get('host') ?? (parsed.hostname.replace(/^\[|\]$/g, '') || 'localhost'),
    port: portOf(parsed),
    database: decoded(parsed.pathname.slice(1), 'database') || user || 'postgres',
    ...(user && { user }),
    ...(password && { password: new Secret(password) }),
    tls: tlsOf(query),
    ...(authority && { certificateAuthority: readFileSync(authority, 'utf8') }),
  };
}

function readUrl(text: string): URL {
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    // The error of URL carries its input, which holds the password.
    throw new RangeError('warehouse url: not a url; write postgres://user:password@host:port/database');
  }
  if (/^(postgres|postgresql|redshift):$/.test(parsed.protocol)) return parsed;
  throw new RangeError(`warehouse url: scheme ${parsed.protocol} is not postgres: or jdbc:postgresql:`);
}

function portOf(parsed: URL): number {
  if (parsed.port !== '') return Number(parsed.port);
  return parsed.protocol === 'redshift:' ? 5439 : 5432;
}

function decoded(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RangeError(`warehouse url: the ${part} has a % that is not an escape; write %25`);
  }
}

/** JDBC's `ssl=true` alone means verify-full (pgjdbc ≥ 42.2.5). */
function tlsOf(query: URLSearchParams): Tls {
  const mode = query.get('sslmode');
  if (mode === null) return query.get('ssl') === 'true' ? 'verified' : 'none';
  const tls = SSL_MODES[mode.toLowerCase()];
  if (tls) return tls;
  throw new RangeError(`warehouse url: sslmode must be one of ${Object.keys(SSL_MODES).join(', ')}`);
}
