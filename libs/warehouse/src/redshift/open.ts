import type { LoadRequested, Target } from '#contracts';
import { Failure } from '#contracts';
import { isMissing } from '../classify.ts';
import { parseConnectionUrl } from '../connection-url.ts';
import type { OpenOptions, WarehouseDeps } from '../warehouse-options.ts';
import { filesOfPlan } from '../plan-files.ts';
import { openSessions } from '../sessions.ts';
import type { Session } from '../sessions.ts';
import type { Warehouse } from '../warehouse.ts';
import { rememberFailure } from './attempts.ts';
import { classify } from './classify.ts';
import { authorizationOf } from './copy-authorization.ts';
import type { CopyStore } from './copy-store.ts';
import { createLedgers } from './create-ledgers.ts';
import { OUR_APPLICATIONS } from './end-zombies.ts';
import { examine } from './examine.ts';
import { forget } from './forget.ts';
import { HouseKeeper } from './keep-house.ts';
import type { Upkeep } from './keep-house.ts';
import { ledgerTable, loadedOf } from './ledger.ts';
import { parseWindow } from './maintenance-window.ts';
import type { House } from './plan-run.ts';
import { prune, targetsOf } from './prune.ts';
import { regionOfHost } from './redshift-options.ts';
import { runPlan } from './run-plan.ts';

/** For what is not a plan: looking at the ledger, remembering, forgetting. */
const SMALL_STATEMENT_MS = 30_000;
/**
 * Beyond those that plans use: the ledger is asked about a lost commit while the lost connection is still
 * lent, views of a COPY are read beside it, failures are remembered and health is asked for.
 */
const SPARE_CONNECTIONS = 4;
/** What could change the meaning of a text is pinned; times of the ledger are UTC. */
const GREETING = ["set timezone to 'UTC'", "set datestyle to 'ISO, MDY'"];
const MANIFEST_PREFIX = '_dopplershift/manifests/';

/** @throws RangeError when the url is none; connections are made when they are needed */
export function openRedshift(options: OpenOptions, deps: WarehouseDeps): Warehouse {
  const house = houseOf(options, deps);
  const keeper = new HouseKeeper(house, upkeepOf(options));
  return {
    runPlan: (request, context) => keeper.whileLoading(() => runPlan(request, context, house)),
    recordFailure: (request, failure) => recordFailure(house, request, failure),
    loadedFiles: (target, files) =>
      small(house, 'reading the ledger', async (session) =>
        orNothing(new Set(), () => loadedOf(session, ledgerTable(house.home, target), files)),
      ),
    forget: (target, match) =>
      small(house, 'forgetting', async (session) =>
        orNothing(0, () => forget(session, { home: house.home, target }, match)),
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
    keepHouse: (signal) => keeper.keep(signal),
    close: () => house.sessions.close(),
  };
}

function upkeepOf(options: OpenOptions): Upkeep {
  return {
    windows: (options.maintenanceWindows ?? []).map(parseWindow),
    timeZone: options.maintenanceTimeZone ?? 'UTC',
    vacuumDeletedPercent: options.vacuumDeletedPercent ?? 5,
    analyzeStatsOffPercent: options.analyzeStatsOffPercent ?? 10,
  };
}

function houseOf(options: OpenOptions, deps: WarehouseDeps): House {
  const connection = parseConnectionUrl(options.url);
  const store = deps.copyStore ?? noStore();
  const session = {
    connection,
    poolMax: options.poolMax + SPARE_CONNECTIONS,
    applicationName: `${OUR_APPLICATIONS}:${options.loaderId}`,
    connectTimeoutMs: options.connectTimeoutMs,
    greeting: GREETING,
  };
  const { name, lockTimeoutMs, takeoverGraceMs, lookAgainAfterMs } = options;
  return {
    name,
    sessions: openSessions(session, deps.log),
    home: { schema: options.ledgerSchema },
    options: {
      lockTimeoutMs,
      takeoverGraceMs,
      lookAgainAfterMs,
      authorization: authorizationOf(options, store.keys),
      masterSymmetricKey: options.masterSymmetricKey,
      region: options.region ?? regionOfHost(connection.host),
      manifestPrefix: options.copyManifestPrefix ?? MANIFEST_PREFIX,
      joinOnDistKey: options.joinOnDistKey ?? false,
    },
    deps: { ...deps, store },
  };
}

/** For those who only look at ledgers. */
function noStore(): CopyStore {
  const refuse = async (): Promise<never> => {
    throw new Failure('internal', 'this process runs no plans: it was given no store for COPY manifests');
  };
  return {
    bucket: '',
    region: '',
    locate: refuse,
    put: refuse,
    remove: refuse,
    list: async function* () {
      yield await refuse();
    },
  };
}

async function small<T>(house: House, doing: string, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await house.sessions.lend({ statementTimeoutMs: SMALL_STATEMENT_MS }, async (session) => {
      await session.script(`set statement_timeout to ${SMALL_STATEMENT_MS}`);
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
  const { code, message } = failure;
  const targets: Target[] = request.plan.tables.map((table) => table.target);
  await small(house, 'remembering the failure', async (session) => {
    const remember = async (): Promise<void> => {
      await session.script('begin');
      await rememberFailure(session, house.home, request, { code, message, files });
      await session.script('commit');
    };
    try {
      await remember();
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
      await session.script('rollback');
      await createLedgers(session, house.home, { targets, streams: [] });
      await remember();
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
