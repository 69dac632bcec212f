import { describe, expect, it } from 'vitest';
import { parseETag, parseLoadId, parseWarehouseName } from '#contracts';
import type { Copy, FileRef, LoadPlan, Once, Step } from '#contracts';
import { renderPlan } from './run-plan.ts';

function file(key: string, lastModified: number): FileRef {
  return { bucket: 'drop', key, etag: parseETag(`etag-${key}`), size: 1, lastModified };
}

function copy(more: Partial<Copy>): Copy {
  return {
    kind: 'Copy',
    files: { kind: 'Inline', refs: [file("b'.gz", 61_000), file('a.gz', 60_999)] },
    columns: ['id', 'name'],
    options: "CSV GZIP IGNOREHEADER 1 COMPUPDATE ON REGION 'us-east-1'",
    apply: 'merge',
    keys: ['id'],
    ...more,
  };
}

function render(once: Once, ...steps: Step[]): string[] {
  const plan: LoadPlan = {
    warehouse: { kind: 'Named', name: parseWarehouseName('dw') },
    once,
    tables: [{ target: { schema: 'public', table: 'orders' }, steps }],
    statementTimeoutMs: 300_000,
  };
  return renderPlan(plan, {
    home: { schema: 'dopplershift' },
    loadId: parseLoadId('0'.repeat(32)),
    runId: 'run-1',
    iamRole: 'arn:aws:iam::1:role/load',
    region: 'eu-central-1',
    manifestUrl: ({ tableIndex, stepIndex }) => `s3://drop/manifests/${tableIndex}-${stepIndex}.manifest`,
  });
}

const LEDGER = '"dopplershift"."ledger_public_orders_86a1f739f809055c"';

const COPY_TAIL = (step: number): string => `("id", "name")
  from 's3://drop/manifests/0-${step}.manifest'
  iam_role 'arn:aws:iam::1:role/load'
  csv gzip manifest region 'eu-central-1' ignoreheader 1 compupdate off statupdate off`;

const WRITE_LEDGER = `insert into ${LEDGER}
  (bucket, key, etag, last_modified, load_id, run_id, rows, loaded_at) values
  ('drop', 'a.gz', 'etag-a.gz', timestamp 'epoch' + 60 * interval '1 second',
   '${'0'.repeat(32)}', 'run-1', null, sysdate),
  ('drop', 'b''.gz', 'etag-b''.gz', timestamp 'epoch' + 61 * interval '1 second',
   '${'0'.repeat(32)}', 'run-1', null, sysdate)`;

const CREATE_STAGE = 'create temp table "dopplershift_stage" (like "public"."orders" including defaults)';

describe('a plan on Redshift', () => {
  it('that merges locks the ledger first, stages, keeps one row per key, deletes and inserts', () => {
    expect(render({ kind: 'EachFile' }, copy({}))).toEqual([
      'set statement_timeout to 300000',
      'begin',
      `lock ${LEDGER}`,
      CREATE_STAGE,
      `copy "dopplershift_stage" ${COPY_TAIL(0)}`,
      'delete from "public"."orders" using "dopplershift_stage"' +
        ' where "public"."orders"."id" = "dopplershift_stage"."id"',
      `insert into "public"."orders" ("id", "name") select "id", "name" from (
  select "id", "name",
    row_number() over (partition by "id" order by "name" desc) as "dopplershift_rank"
  from "dopplershift_stage") as ranked
  where ("dopplershift_rank" = 1 or not ("id" is not null))`,
      'drop table "dopplershift_stage"',
      WRITE_LEDGER,
      'commit',
    ]);
  });

  it('that appends what is absent joins against the target', () => {
    const statements = render({ kind: 'EachFile' }, copy({ apply: 'insertAbsent' }));
    expect(statements.slice(3, 6)).toEqual([
      CREATE_STAGE,
      `copy "dopplershift_stage" ${COPY_TAIL(0)}`,
      `insert into "public"."orders" ("id", "name") select "id", "name" from (
  select "id", "name",
    row_number() over (partition by "id" order by "name" desc) as "dopplershift_rank"
  from "dopplershift_stage") as ranked
  where ("dopplershift_rank" = 1 or not ("id" is not null))
  and not exists (select 1 from "public"."orders" where "public"."orders"."id" = ranked."id")`,
    ]);
  });

  it('that replaces deletes inside the transaction, since TRUNCATE would commit', () => {
    const everything: Step = { kind: 'DeleteRows', rows: { kind: 'All' } };
    expect(render({ kind: 'Whole' }, everything, copy({ apply: 'append', keys: [] }))).toEqual([
      'set statement_timeout to 300000',
      'begin',
      `lock ${LEDGER}`,
      'delete from "public"."orders"',
      `copy "public"."orders" ${COPY_TAIL(1)}`,
      WRITE_LEDGER,
      'commit',
    ]);
  });

  it('stages for distinct and for a select of the manifest', () => {
    const distinct = render(
      { kind: 'Whole' },
      copy({ apply: 'append', keys: [], stagingSelect: 'distinct' }),
    );
    expect(distinct[5]).toBe(
      'insert into "public"."orders" ("id", "name") select distinct "id", "name" from "dopplershift_stage"',
    );
    const select = 'select id, name from {{table}} where id > 0;';
    const custom = render({ kind: 'Whole' }, copy({ apply: 'append', keys: [], stagingSelect: select }));
    expect(custom.slice(5, 8)).toEqual([
      'create temp table "dopplershift_selected" (like "public"."orders" including defaults)',
      'insert into "dopplershift_selected" ("id", "name")' +
        ' select id, name from "dopplershift_stage" where id > 0',
      'insert into "public"."orders" ("id", "name") select "id", "name" from "dopplershift_selected"',
    ]);
  });

  it('never uses what Redshift does not have', () => {
    const statements = (['merge', 'insertAbsent', 'update', 'delete'] as const).flatMap((apply) =>
      render({ kind: 'Whole' }, copy({ apply })),
    );
    for (const statement of statements) {
      expect(statement).not.toMatch(
        /on conflict|returning|truncate|select \*|delete from \S+ (as )?[a-z]+ using/,
      );
    }
  });

  it('says which option is wrong before anything runs', () => {
    expect(() => render({ kind: 'EachFile' }, copy({ options: 'CSV NONSENSE' }))).toThrow(/NONSENSE/i);
  });
});
