import { createHash } from 'node:crypto';
import { runInner } from '../session/inner-statement.ts';
import type { BackendLink } from '../session/backend-link.ts';
import { literal } from '../sql/quote.ts';
import { StatementError } from '../wire/server-message.ts';
import { CATALOG_SQL } from './catalog-sql.ts';

/** Emulators that start at the same moment install one after the other; the number is nobody else's. */
const INSTALL_LOCK = 4_851_936_271;
/** Changes with every change of the catalog. */
const EDITION = createHash('sha256').update(CATALOG_SQL.join('')).digest('hex').slice(0, 16);

/**
 * Puts Redshift's catalog into a database that does not have this edition of it. Where it is there, nothing
 * is touched: views cannot be replaced while others use them.
 * @throws StatementError when the database holds another edition that cannot be changed into this one
 */
export async function installCatalog(link: BackendLink): Promise<void> {
  const run = (sql: string): ReturnType<typeof runInner> => runInner(link, 'simple', sql);
  await run(`begin; select pg_advisory_xact_lock(${INSTALL_LOCK})`);
  const { rows } = await run(`select obj_description(to_regnamespace('redshift_emulator'), 'pg_namespace')`);
  const found = rows[0]?.[0];
  if (found !== EDITION) {
    try {
      for (const sql of CATALOG_SQL) await run(sql);
      await run(`comment on schema redshift_emulator is ${literal(EDITION)}`);
    } catch (thrown) {
      throw found && thrown instanceof StatementError ? otherEdition(thrown) : thrown;
    }
  }
  await run('commit');
}

function otherEdition(cause: StatementError): StatementError {
  const message =
    'the schema redshift_emulator of this database is of another version of the emulator: ' +
    `${cause.message}. Drop it (drop schema redshift_emulator cascade), or take a fresh database.`;
  return new StatementError({ sqlState: '55000', message, severity: 'FATAL' }, { cause });
}
