import { describe, expect, it } from 'vitest';
import { noTrip, parseETag, silentLog } from '#contracts';
import type { Copy, FileRef, LoadRequested, Step } from '#contracts';
import { copyOf, EVERYTHING, requestOf } from '../postgres/trial-warehouse.ts';
import type { Session, Sessions } from '../sessions.ts';
import type { House } from './plan-run.ts';
import { runPlan } from './run-plan.ts';

/**
 * The exact words of a load, which no stand-in can vouch for: every statement that Redshift would hear, in
 * its order, with `$n` where values travel apart. The answers are those of a table `public.orders (id,
 * name)`.
 */
type Said = { readonly statements: string[]; readonly manifests: string[] };

type Answers = { readonly duplicates?: number };

/** Each COPY brings two rows. */
const ROWS = 2;

function answer(text: string, staged: number, duplicates: number): Record<string, unknown>[] {
  if (text.includes('pg_attrdef'))
    return ['id', 'name'].map((name) => ({ name, type: 'integer', not_null: false, default_value: null }));
  if (text.includes('pg_last_copy_count')) return [{ n: String(ROWS) }];
  if (text.startsWith('select count(*) as n from')) return [{ n: String(staged) }];
  if (text.includes('as duplicates')) return [{ duplicates, nulls: 0 }];
  return [];
}

function recorder({ duplicates = 0 }: Answers): { readonly house: House; readonly said: Said } {
  const said: Said = { statements: [], manifests: [] };
  let staged = 0;
  const hear = (text: string): void => {
    said.statements.push(text);
    if (text.startsWith('copy "dopplershift_stage"')) staged += ROWS;
    if (text === 'delete from "dopplershift_stage"') staged = 0;
  };
  const session: Session = {
    pid: 7,
    script: async (...statements) => statements.forEach(hear),
    rows: async <R>(text: string) => {
      hear(text);
      return answer(text, staged, duplicates) as R[];
    },
    change: async (text) => {
      hear(text);
      return 1;
    },
    copyIn: async () => 0,
    takeNotices: () => [],
  };
  const quiet = { ...session, rows: async () => [], script: async () => undefined };
  let lent = 0;
  const lend: Sessions['lend'] = async (_lease, work) => await work(lent++ === 0 ? session : quiet);
  const sessions: Sessions = { lend, pidsInUse: () => new Set(), close: async () => undefined };
  const store: House['deps']['store'] = {
    bucket: 'drop',
    region: 'eu-central-1',
    locate: async ({ bucket, key, size }) => ({ bucket, key, size }),
    put: async (_key, body) => void said.manifests.push(body.toString()),
    remove: async () => undefined,
    list: async function* () {
      yield* [];
    },
  };
  const options: House['options'] = {
    lockTimeoutMs: 2_000,
    takeoverGraceMs: 60_000,
    authorization: { kind: 'Role', arns: 'arn:aws:iam::1:role/load' },
    masterSymmetricKey: undefined,
    region: 'us-east-1',
    manifestPrefix: '_m/',
    joinOnDistKey: false,
    lookAgainAfterMs: 60_000,
  };
  const nothing = async (): Promise<never> => {
    throw new Error('not to be asked');
  };
  const deps = { store, openFile: nothing, readFileList: nothing, log: silentLog };
  return { house: { name: 'dw', sessions, home: { schema: 'dopplershift' }, options, deps }, said };
}

async function saidBy(request: LoadRequested, answers: Answers = {}): Promise<Said> {
  const { house, said } = recorder(answers);
  const context = {
    signal: new AbortController().signal,
    ownedForMs: 0,
    onProgress: () => undefined,
    trip: noTrip,
  };
  await runPlan(request, context, house);
  const names = (text: string): string =>
    text.replace(/_m\/[0-9a-f]{32}\/[0-9a-f-]+\.manifest/, '_m/LOAD/RUN.manifest');
  return { ...said, statements: said.statements.map(names) };
}

function file(key: string, lastModified: number): FileRef {
  return { bucket: 'drop', key, etag: parseETag(`etag-${key}`), size: 10, lastModified };
}

const FILES = [file("b'.gz", 61_000), file('a.gz', 60_999)];

function plan(more: Partial<Omit<Copy, 'files'>>, ...before: Step[]): LoadRequested {
  const options = 'CSV GZIP COMPUPDATE ON STATUPDATE ON';
  const copy = copyOf({ files: FILES, options, ...more });
  const once = before.length > 0 ? ({ kind: 'Whole' } as const) : ({ kind: 'EachFile' } as const);
  return requestOf({ once, target: { schema: 'public', table: 'orders' }, steps: [...before, copy] });
}

/** What Redshift does not know, what would commit, and what text of a manifest could smuggle in. */
const UNKNOWN = [
  /on conflict|returning|savepoint|for update|filter \(|unnest|\bselect \*/i,
  /truncate|vacuum|alter column/i,
  /[;\\]/,
];

const LEDGER = '"dopplershift"."ledger_public_orders_86a1f739f809055c"';
const STAGE = '"dopplershift_stage"';
const KEPT = '"dopplershift_kept"';
const BEGIN = ['set statement_timeout to 2000', 'begin', `lock ${LEDGER}`, 'set statement_timeout to 20000'];
const copy = (into: string, statupdate = 'off'): string => `copy ${into} ("id", "name")
from 's3://drop/_m/LOAD/RUN.manifest'
iam_role 'arn:aws:iam::1:role/load'
csv gzip manifest region 'eu-central-1' compupdate off statupdate ${statupdate}`;
const DROP = 'drop table if exists "dopplershift_kept", "dopplershift_selected", "dopplershift_stage"';
const COUNT_KEYS = `select sum(case when keyed = 1 then n - 1 else 0 end) as duplicates,
  sum(case when keyed = 1 then 0 else n end) as nulls
from (
  select count(*) as n, case when "id" is not null then 1 else 0 end as keyed
  from ${STAGE} group by "id") as counted`;
const LEDGER_ROWS = `insert into ${LEDGER}
  (bucket, key, etag, last_modified, load_id, run_id, rows, loaded_at)
values ($1, $2, $3, $4, $5, $6, $7, getdate()), ($8, $9, $10, $11, $12, $13, $14, getdate())`;

/** From the COPY on; what is read of catalog and memory before it is looked at by other specs. */
function deeds({ statements }: Said): string[] {
  return statements.filter((text) => !/^select (bucket|file_identity|a\.attname)/.test(text));
}

describe('what Redshift hears of a load', () => {
  it('that merges: the fence first, a stage, counts that agree, delete and insert, the ledger', async () => {
    const said = await saidBy(plan({}));
    expect(deeds(said)).toEqual([
      ...BEGIN,
      `create temp table ${STAGE} (like "public"."orders" including defaults)`,
      copy(STAGE),
      'select pg_last_copy_count() as n',
      `select count(*) as n from ${STAGE}`,
      COUNT_KEYS,
      `delete from "public"."orders" using ${STAGE} where "public"."orders"."id" = ${STAGE}."id"`,
      `insert into "public"."orders" ("id", "name") select "id", "name" from ${STAGE}`,
      DROP,
      LEDGER_ROWS,
      'commit',
    ]);
    expect(said.manifests.map((text) => JSON.parse(text) as unknown)).toEqual([
      {
        entries: [
          { url: 's3://drop/a.gz', mandatory: true },
          { url: "s3://drop/b'.gz", mandatory: true },
        ],
      },
    ]);
  });

  it('of which keys come twice: the files once more, one after the other, in their order', async () => {
    const said = await saidBy(plan({}), { duplicates: 1 });
    const from = deeds(said).indexOf(COUNT_KEYS) + 1;
    expect(deeds(said).slice(from, from + 13)).toEqual([
      `delete from ${STAGE}`,
      `alter table ${STAGE} add column "dopplershift_file" integer`,
      copy(STAGE),
      'select pg_last_copy_count() as n',
      `update ${STAGE} set "dopplershift_file" = 1 where "dopplershift_file" is null`,
      copy(STAGE),
      'select pg_last_copy_count() as n',
      `update ${STAGE} set "dopplershift_file" = 2 where "dopplershift_file" is null`,
      `select count(*) as n from ${STAGE}`,
      `select sum(n - 1) as ties from (
  select count(*) as n from ${STAGE} where "id" is not null group by "dopplershift_file", "id") as counted`,
      `create temp table ${KEPT} (like ${STAGE})`,
      `insert into ${KEPT} ("id", "name")
select "id", "name" from (
  select "id", "name",
    row_number() over (partition by "id"
      order by "dopplershift_file" desc, "name" desc nulls last) as "dopplershift_rank"
  from ${STAGE}) as ranked
where "dopplershift_rank" = 1 or not ("id" is not null)`,
      `delete from "public"."orders" using ${KEPT} where "public"."orders"."id" = ${KEPT}."id"`,
    ]);
    expect(said.manifests.slice(1).map((text) => text.includes('a.gz'))).toEqual([true, false]);
  });

  it('that appends plainly: straight into the table, statistics as the manifest asks', async () => {
    const said = await saidBy(plan({ apply: 'append', keys: [] }));
    expect(deeds(said)).toEqual([
      ...BEGIN,
      copy('"public"."orders"', 'on'),
      'select pg_last_copy_count() as n',
      LEDGER_ROWS,
      'commit',
    ]);
  });

  it('that replaces: rows are deleted, since TRUNCATE would commit', async () => {
    const said = await saidBy(plan({ apply: 'append', keys: [] }, EVERYTHING));
    expect(deeds(said).slice(BEGIN.length, BEGIN.length + 1)).toEqual(['delete from "public"."orders"']);
  });

  it('that only adds what is absent, or only changes what is there', async () => {
    const absent = deeds(await saidBy(plan({ apply: 'insertAbsent' })));
    expect(absent).toContain(
      `insert into "public"."orders" ("id", "name") select "id", "name" from ${STAGE}` +
        ` where not exists (select 1 from "public"."orders" where "public"."orders"."id" = ${STAGE}."id")`,
    );
    const changed = deeds(await saidBy(plan({ apply: 'update' }, { kind: 'TouchLatency', name: 'x' })));
    expect(changed).toContain(
      `update "public"."orders" set "name" = ${STAGE}."name" from ${STAGE}` +
        ` where "public"."orders"."id" = ${STAGE}."id"`,
    );
  });

  it('is nothing that Redshift does not have, and nothing that commits on its way', async () => {
    const plans = (['merge', 'insertAbsent', 'append', 'update', 'delete'] as const).flatMap((apply) => [
      plan({ apply, keys: apply === 'append' ? [] : ['id'] }, EVERYTHING),
      plan({ apply, keys: ['id'], stagingSelect: 'distinct' }, EVERYTHING),
      plan({ apply, keys: ['id'], stagingSelect: 'select id, name from {{table}}' }, EVERYTHING),
    ]);
    for (const request of plans)
      for (const duplicates of [0, 3]) {
        const { statements } = await saidBy(request, { duplicates });
        expect(statements[2]).toMatch(/^lock /);
        for (const text of statements) for (const word of UNKNOWN) expect(text).not.toMatch(word);
      }
  });
});
