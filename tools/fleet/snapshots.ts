import pg from 'pg';

/** A backup of a database and the way back to it. */
export type Snapshots = { readonly take: () => Promise<void>; readonly restore: () => Promise<void> };

/**
 * Real snapshots: PostgreSQL copies a database when nobody is connected to it, so every session is ended
 * first. The services notice, wait and connect again.
 */
export function snapshotsOf(databaseUrl: string, serverUrl: string): Snapshots {
  const name = new URL(databaseUrl).pathname.slice(1);
  const backup = `${name}_backup`;
  return {
    take: () =>
      alone(serverUrl, name, async (sql) => {
        await sql.query(`drop database if exists ${quote(backup)}`);
        await sql.query(`create database ${quote(backup)} template ${quote(name)} strategy file_copy`);
      }),
    restore: () =>
      alone(serverUrl, name, async (sql) => {
        await sql.query(`drop database ${quote(name)}`);
        await sql.query(`create database ${quote(name)} template ${quote(backup)} strategy file_copy`);
      }),
  };
}

async function alone(
  serverUrl: string,
  name: string,
  work: (sql: pg.Client) => Promise<void>,
): Promise<void> {
  const sql = new pg.Client({ connectionString: serverUrl });
  await sql.connect();
  try {
    await sql.query(`alter database ${quote(name)} with allow_connections false`);
    await sql.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [
      name,
    ]);
    await work(sql);
    await sql.query(`alter database ${quote(name)} with allow_connections true`);
  } finally {
    await sql.end();
  }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
