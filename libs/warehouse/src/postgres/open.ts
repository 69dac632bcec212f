import type { LoadRequested, Target } from '#contracts';
import { parseConnectionUrl } from '../connection-url.ts';
import type { OpenOptions, WarehouseDeps } from '../warehouse-options.ts';
import { filesOfPlan } from '../plan-files.ts';
import type { Warehouse } from '../warehouse.ts';
import { rememberFailure } from './attempts.ts';
import { classify, isMissing } from '../classify.ts';
import type { OpenFile } from './copy-file.ts';
import { examine } from './examine.ts';
import { OUR_APPLICATIONS } from './fence.ts';
import { directoriesOf, forget } from './forget.ts';
import { createLedgers, ledgerTable, loadedOf } from './ledger.ts';
import { lookingAgain } from './look-again.ts';
import type { House } from './plan-run.ts';
import { prune, targetsOf } from './prune.ts';
import { runPlan } from './run-plan.ts';
import { openSessions } from '../sessions.ts';
import type { Session } from '../sessions.ts';

/** For what is not a plan: looking at the ledger, remembering, forgetting. */
const SMALL_STATEMENT_MS = 30_000;
/**
 * Beyond those that plans use: the ledger is asked about a lost commit while the lost connection is
 * still lent, failures are remembered and health is asked for.
 */
const SPARE_CONNECTIONS = 3;

/** @throws RangeError when the url is none; connections are made when they are needed */
export function openPostgres(options: OpenOptions, deps: WarehouseDeps): Warehouse {
  const house = houseOf(options, deps);
  return {
    runPlan: (request, context) => runPlan(request, context, house),
    recordFailure: (request, failure) => recordFailure(house, request, failure),
    loadedFiles: (target, files) =>
      small(house, 'reading the ledger', async (session) =>
        orNothing(new Set(), () => loadedOf(session, ledgerTable(house.home, target), files)),
      ),
    forget: (target, match) =>
      small(house, 'forgetting', async (session) =>
        orNothing(0, () => forget(session, { home: house.home, target }, match)),
      ),
    directories: (target, match) =>
      small(house, 'reading the ledger', async (session) =>
        orNothing([], () => directoriesOf(session, { home: house.home, target }, match)),
      ),
    targets: () =>
      small(house, 'reading the ledgers', async (session) =>
        orNothing([], () => targetsOf(session, house.home)),
      ),
    prune: (target, match) =>
      small(house, 'pruning the ledger', async (session) =>
        orNothing(0, () => prune(session, { home: house.home, target }, match)),
      ),
    ping: () =>
      small(house, 'asking the warehouse', async (session) => void (await session.rows('select 1'))),
    examine: () => small(house, 'examining the warehouse', (session) => examine(session, house.home)),
    // Autovacuum looks after the tables, and nothing is written to the bucket.
    keepHouse: async () => undefined,
    close: () => house.sessions.close(),
  };
}

function houseOf(options: OpenOptions, deps: WarehouseDeps): House {
  const { ledgerSchema, copySemantics, lockTimeoutMs, takeoverGraceMs, workMemMb } = options;
  const { showRejectedValues, sortKeyIndex } = options;
  const session = {
    connection: parseConnectionUrl(options.url),
    poolMax: options.poolMax + SPARE_CONNECTIONS,
    applicationName: `${OUR_APPLICATIONS}:${options.loaderId}`,
    connectTimeoutMs: options.connectTimeoutMs,
  };
  return {
    sessions: openSessions(session, deps.log),
    home: { schema: ledgerSchema },
    options: {
      copySemantics,
      showRejectedValues,
      lockTimeoutMs,
      takeoverGraceMs,
      workMemMb,
      sortKeyIndex,
    },
    deps: { ...deps, openFile: openFileOf(options, deps) },
  };
}

function openFileOf({ lookAgainAfterMs }: OpenOptions, { openFile, isStill }: WarehouseDeps): OpenFile {
  return isStill ? lookingAgain(openFile, { isStill, afterMs: lookAgainAfterMs }) : openFile;
}

async function small<T>(house: House, doing: string, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await house.sessions.lend({ statementTimeoutMs: SMALL_STATEMENT_MS }, async (session) => {
      // Plans set their own, for their transaction only.
      await session.script(`set statement_timeout = ${SMALL_STATEMENT_MS}`);
      return await work(session);
    });
  } catch (thrown) {
    throw classify(thrown, doing);
  }
}

async function recordFailure(
  house: House,
  request: LoadRequested,
  failure: { readonly code: string; readonly message: string },
): Promise<void> {
  const files = await filesOfPlan(request.plan, house.deps.readFileList);
  const targets: Target[] = request.plan.tables.map((table) => table.target);
  const remember = (session: Session): Promise<void> =>
    rememberFailure(session, house.home, request, { code: failure.code, message: failure.message, files });
  await small(house, 'remembering the failure', async (session) => {
    try {
      await remember(session);
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
      await createLedgers(session, house.home, targets);
      await remember(session);
    }
  });
}

/** Before its first load a target has no ledger, and nothing in it. */
async function orNothing<T>(nothing: T, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    if (isMissing(thrown)) return nothing;
    throw thrown;
  }
}
