import pg from 'pg';
import { Secret } from '#contracts';
import { startEmulator } from '#redshift-emulator';
import type { Emulator } from '#redshift-emulator';
import type { Stack } from '#stack';
import { faultProxy } from '../../libs/testing/src/fault-proxy.ts';
import type { FaultProxy } from '../../libs/testing/src/fault-proxy.ts';

export const DIALECTS = ['postgres', 'redshift'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** The warehouse as the services meet it: behind a proxy, and on Redshift behind the emulator as well. */
export type WarehousePlace = {
  readonly proxy: FaultProxy;
  /** of the section `warehouses` */
  readonly settings: Readonly<Record<string, unknown>>;
  /** on Redshift: for troubles that only the server can make */
  readonly emulator: Emulator | undefined;
  /** In the words of the dialect, past the proxy. */
  readonly create: (ddl: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

const CONNECT_TIMEOUT_MS = 2_000;

/** @param s3 as the services reach it, troubles included; the emulator reads the files there */
export async function openWarehousePlace(
  dialect: Dialect,
  databaseUrl: string,
  s3: Stack['endpoints']['s3'],
): Promise<WarehousePlace> {
  const emulator = dialect === 'redshift' ? await emulate(databaseUrl, s3) : undefined;
  const url = emulator?.url ?? databaseUrl;
  const proxy = await faultProxy(url);
  return {
    proxy,
    settings: { url: proxy.url, dialect, connectTimeoutMs: CONNECT_TIMEOUT_MS },
    emulator,
    create: (ddl) => once(url, ddl),
    close: async () => {
      await proxy.close();
      await emulator?.close();
    },
  };
}

function emulate(databaseUrl: string, s3: Stack['endpoints']['s3']): Promise<Emulator> {
  return startEmulator({
    backendUrl: new Secret(databaseUrl),
    s3: { ...s3, secretAccessKey: new Secret(s3.secretAccessKey), forcePathStyle: true },
  });
}

async function once(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
