import { Secret } from '#contracts';

/** Where the PostgreSQL is that does the work, and as whom the emulator goes there. */
export type BackendAddress = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: Secret | undefined;
  readonly database: string;
  /** `none`: plain text; `encrypted`: TLS with any certificate; `verified`: with one that is trusted */
  readonly tls: 'none' | 'encrypted' | 'verified';
};

const TLS_BY_SSLMODE: Readonly<Record<string, BackendAddress['tls']>> = {
  disable: 'none',
  allow: 'none',
  prefer: 'none',
  require: 'encrypted',
  'verify-ca': 'verified',
  'verify-full': 'verified',
};

/** @throws RangeError that says what is wrong and never shows the url */
export function readBackendAddress(url: Secret): BackendAddress {
  if (!URL.canParse(url.reveal()))
    throw new RangeError('backend: not a url; write postgres://user:password@host:port/database');
  const parsed = new URL(url.reveal());
  if (!/^postgres(ql)?:$/.test(parsed.protocol))
    throw new RangeError(`backend: scheme ${parsed.protocol} is not postgres:`);
  const mode = parsed.searchParams.get('sslmode') ?? 'disable';
  const tls = TLS_BY_SSLMODE[mode];
  if (tls === undefined)
    throw new RangeError(`backend: sslmode must be one of ${Object.keys(TLS_BY_SSLMODE).join(', ')}`);
  const user = decodeURIComponent(parsed.username) || 'postgres';
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: parsed.port === '' ? 5432 : Number(parsed.port),
    user,
    password: parsed.password === '' ? undefined : new Secret(decodeURIComponent(parsed.password)),
    database: decodeURIComponent(parsed.pathname.slice(1)) || user,
    tls,
  };
}
