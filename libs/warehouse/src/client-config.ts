import type pg from 'pg';
import type { ConnectionSettings } from './connection-url.ts';

export type SessionOptions = {
  readonly connection: ConnectionSettings;
  readonly poolMax: number;
  readonly applicationName: string;
  readonly connectTimeoutMs: number;
  /** statements that every new connection begins with */
  readonly greeting?: readonly string[];
};

const KEEP_ALIVE_MS = 30_000;

/** What the driver is told to connect with. */
export function clientConfig({
  connection,
  applicationName,
  connectTimeoutMs,
}: SessionOptions): pg.ClientConfig {
  const { host, port, database, user, password } = connection;
  return {
    host,
    port,
    database,
    user,
    password: password?.reveal(),
    ssl: tlsOptions(connection),
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  };
}

function tlsOptions({ tls, certificateAuthority }: ConnectionSettings): pg.ClientConfig['ssl'] {
  const ca = certificateAuthority === undefined ? {} : { ca: certificateAuthority };
  switch (tls) {
    case 'none':
      return false;
    case 'encrypted':
      return { rejectUnauthorized: false };
    case 'trusted':
      return { ...ca, checkServerIdentity: () => undefined };
    case 'verified':
      return ca;
  }
}
