import type { Target } from '#contracts';
import { isMissing } from '../classify.ts';
import type { Session } from '../sessions.ts';
import { loadOfManifest } from './copy-manifest.ts';
import { ledgerTable, parts, placeholders } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';
import type { House } from './plan-run.ts';
import { targetsOf } from './prune.ts';

const HOUR_MS = 60 * 60 * 1_000;
/** No COPY waits so long for its manifest to be read. */
const AGE_MAX_MS = 24 * HOUR_MS;
/**
 * A load whose ledger rows are there may be running once more, by force; its manifest is younger than this.
 */
const AGE_LEAST_MS = HOUR_MS;

/**
 * Removes COPY manifests that processes which were killed have left: those older than 24 hours, and those of
 * loads that the ledger holds.
 * @param now epoch ms
 */
export async function sweepManifests(session: Session, house: House, now: number): Promise<void> {
  const { store, log } = house.deps;
  const { manifestPrefix } = house.options;
  const doubtful = new Map<string, string[]>();
  let removed = 0;
  for await (const page of store.list(manifestPrefix))
    for (const { key, lastModified } of page) {
      const loadId = loadOfManifest(manifestPrefix, key);
      const age = now - lastModified;
      if (loadId === undefined || age < AGE_LEAST_MS) continue;
      if (age < AGE_MAX_MS) doubtful.set(loadId, [...(doubtful.get(loadId) ?? []), key]);
      else {
        await store.remove(key);
        removed += 1;
      }
    }
  for (const loadId of doubtful.size === 0 ? [] : await knownLoads(session, house, [...doubtful.keys()]))
    for (const key of doubtful.get(loadId) ?? []) {
      await store.remove(key);
      removed += 1;
    }
  if (removed > 0)
    log.warn({ removed, prefix: manifestPrefix }, 'COPY manifests that were left were removed');
}

/** None before the first load. */
async function ledgersOf(session: Session, home: LedgerHome): Promise<readonly Target[]> {
  try {
    return await targetsOf(session, home);
  } catch (thrown) {
    if (isMissing(thrown)) return [];
    throw thrown;
  }
}

async function knownLoads(
  session: Session,
  { home }: House,
  loadIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const target of await ledgersOf(session, home))
    for (const part of parts(loadIds)) {
      const rows = await session.rows<{ load_id: string }>(
        `select distinct load_id from ${ledgerTable(home, target)}
where load_id in (${placeholders(1, part.length)})`,
        part,
      );
      for (const row of rows) known.add(row.load_id);
    }
  return known;
}
