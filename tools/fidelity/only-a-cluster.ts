/** What neither documents nor an emulator settle, and what in this house rests on it. */
export type OpenQuestion = {
  /** what is believed */
  readonly belief: string;
  /** how to see it on a cluster */
  readonly look: string;
  /** the file that relies on it */
  readonly relies: string;
};

const REDSHIFT = 'libs/warehouse/src/redshift';

export const OPEN_QUESTIONS: readonly OpenQuestion[] = [
  {
    belief: 'Two loads of one table meet at `lock` of its ledger, and neither ends with a conflict.',
    look: 'Hold a ledger’s lock in one session while a load waits, under SNAPSHOT and under SERIALIZABLE.',
    relies: `${REDSHIFT}/fence.ts`,
  },
  {
    belief: 'Loads of different tables never conflict, since they share no table that they write.',
    look: 'Look for 1023 in the log of a loader that runs many tables side by side.',
    relies: `${REDSHIFT}/ledger.ts`,
  },
  {
    belief: 'Conflicts say 1023, or “conflict with concurrent transaction”, with SQLSTATE XX000 or 40001.',
    look: 'Let two sessions update one row under each isolation level.',
    relies: `${REDSHIFT}/classify.ts`,
  },
  {
    belief:
      'A COMMIT whose answer is lost is done, or not, when a new session has the fence: the ledger tells.',
    look: 'End the session with pg_terminate_backend while it commits a large load.',
    relies: `${REDSHIFT}/commit.ts`,
  },
  {
    belief:
      'A statement that waits for a lock ends with the statement timeout (57014), and the session lives on.',
    look: 'Lock a ledger in one session and set statement_timeout in the one that waits.',
    relies: `${REDSHIFT}/fence.ts`,
  },
  {
    belief: 'svv_transactions shows who holds a lock, and a plain user may end sessions of its own name.',
    look: 'Freeze a loader that holds a fence and wait for the takeover by another.',
    relies: `${REDSHIFT}/end-zombies.ts`,
  },
  {
    belief:
      'Load errors are readable by the loader’s user within seconds of the COPY, with the file’s whole url.',
    look: '`npm run fidelity -- --only 32,38`, as the loader’s user, on a cluster and on a workgroup.',
    relies: `${REDSHIFT}/load-errors.ts`,
  },
  {
    belief: 'With several bad rows COPY may record more errors than it stopped at, and never fewer.',
    look: '`npm run fidelity -- --only 28,32`, several times.',
    relies: `${REDSHIFT}/survey-errors.ts`,
  },
  {
    belief: 'Code 8001 is a missing permission or an incomplete url; asking S3 ourselves tells which.',
    look: 'Take s3:GetObject from the role, and load one file.',
    relies: `${REDSHIFT}/explain-refusal.ts`,
  },
  {
    belief:
      'pg_last_copy_count() counts the loaded rows of the latest COPY of the session, skipped ones not.',
    look: '`npm run fidelity -- --only 32,39`: counts are compared there.',
    relies: `${REDSHIFT}/copy-files.ts`,
  },
  {
    belief: 'Roles, chains of roles, the default role and session tokens are written as COPY reads them.',
    look: '`npm run fidelity -- --only 1`, once with each.',
    relies: `${REDSHIFT}/copy-authorization.ts`,
  },
  {
    belief:
      'Parquet and ORC need content_length in the manifest, are in the same region, and take few options.',
    look: 'Load one Parquet file through a manifest; no golden vector is columnar.',
    relies: `${REDSHIFT}/copy-manifest.ts`,
  },
  {
    belief: 'ORC, LZOP and client-side encryption are passed on as they are written: the cluster reads them.',
    look: 'Load one file of each; the emulator refuses them.',
    relies: `${REDSHIFT}/copy-sql.ts`,
  },
  {
    belief: 'DELETE and INSERT by key is no slower than MERGE on a table of millions of rows on many slices.',
    look: 'Time both on one large table: the emulator has no slices and no columns, so it cannot tell.',
    relies: `${REDSHIFT}/merge.ts`,
  },
  {
    belief: 'svv_table_info tells deleted rows and stats_off soon enough for VACUUM and ANALYZE to be due.',
    look: 'Load with merges for a day, with maintenanceWindows configured.',
    relies: `${REDSHIFT}/maintain-tables.ts`,
  },
  {
    belief:
      'A NUL byte in a text ends the record, is a character, or is refused: the documents say all three.',
    look: 'Load `a\\0b` into a VARCHAR; the engine and the emulator refuse it with 1290.',
    relies: 'libs/copy/src/convert/text-converter.ts',
  },
];
