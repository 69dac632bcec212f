import { choice, flag, integer, optionalChoice, optionalText, secret, text, texts } from '../option.ts';

/** Days may be left out; a time after which there is another one the next day ends there. */
const DAY = '(mon|tue|wed|thu|fri|sat|sun)';
const TIME = String.raw`([01]\d|2[0-3]):[0-5]\d`;
const WINDOW = new RegExp(`^(${DAY}(-${DAY})? )?${TIME}-(${TIME}|24:00)$`);
const NAME = /^[A-Za-z_][A-Za-z0-9_$-]{0,62}$/;

/** The options of one warehouse. `url` is required, which `loadConfig` checks: it may come as a jdbc-url. */
export const WAREHOUSE_OPTIONS = {
  url: secret({
    otherwise: 'required',
    description:
      '`postgres://user:password@host:port/database`, or a `jdbc:postgresql:` or `jdbc:redshift:` url.',
  }),
  dialect: optionalChoice({
    of: ['postgres', 'redshift'],
    otherwise: '`redshift` for a `jdbc:redshift:` url or a Redshift host, else `postgres`',
    description: 'The kind of warehouse.',
  }),
  schema: text({
    default: 'public',
    pattern: NAME,
    type: 'name',
    description: 'The schema of tables that a manifest names without one.',
  }),
  ledgerSchema: text({
    default: 'dopplershift',
    pattern: NAME,
    type: 'name',
    description: 'The schema of the ledger tables; made when it is missing.',
  }),
  loadsAtATime: integer({
    min: 1,
    max: 100,
    default: 4,
    description: 'Loads that one loader process runs in this warehouse at the same time.',
  }),
  poolMax: integer({
    min: 1,
    max: 1_000,
    default: 10,
    description:
      'Connections of one process for loads, at least loadsAtATime; health and ledger take up to 3 more.',
  }),
  workMemMb: integer({
    min: 1,
    max: 65_536,
    default: 128,
    description: 'PostgreSQL only: memory for the hash tables of one merge, in MiB.',
  }),
  sortKeyIndex: flag({
    default: false,
    description: 'PostgreSQL only: a table that a job creates gets an index over its sort key.',
  }),
  connectTimeoutMs: integer({
    min: 100,
    max: 600_000,
    default: 10_000,
    description: 'How long a connection may take.',
  }),
  copySemantics: choice({
    of: ['redshift', 'postgres'],
    default: 'redshift',
    description: 'Whether varchar(n) counts bytes, as Redshift does, or characters.',
  }),
  iamRole: optionalText({
    otherwise: "the access keys below, else the keys of section s3, else the cluster's default role",
    description: 'Redshift only: the role, or chain of roles, that COPY reads S3 with, or `default`.',
  }),
  accessKeyId: optionalText({
    otherwise: 'see iamRole',
    description: 'Redshift only: the access key that COPY reads S3 with; goes with secretAccessKey.',
  }),
  secretAccessKey: secret({
    otherwise: 'see iamRole',
    description: 'Redshift only: the secret key that COPY reads S3 with; goes with accessKeyId.',
  }),
  sessionToken: secret({
    otherwise: 'none',
    description: 'Redshift only: the session token of temporary keys; a COPY that outlives them fails.',
  }),
  masterSymmetricKey: secret({
    otherwise: 'none',
    description: 'Redshift only: the key of files that were encrypted by their writer (option ENCRYPTED).',
  }),
  region: optionalText({
    otherwise: "as the url's host says, else that of the bucket",
    description: 'Redshift only: the region of the warehouse. COPY names that of the bucket when it differs.',
  }),
  copyManifestPrefix: text({
    default: '_dopplershift/manifests/',
    pattern: /^[A-Za-z0-9!_.*()/-]*[A-Za-z0-9!_.*()-]\/$/,
    type: 'text that ends in `/`',
    description:
      'Redshift only: where COPY manifests lie in the bucket while they are needed. Never watched.',
  }),
  joinOnDistKey: flag({
    default: false,
    description:
      'Redshift only: merges join on the distribution key too; right when it never changes for a key.',
  }),
  maintenanceWindows: texts({
    default: [],
    pattern: WINDOW,
    type: 'list of times of day, e.g. `01:00-04:30`, `sat-sun 22:00-06:00`, `mon 00:00-24:00`',
    description: 'Redshift only: when tables may be vacuumed and analyzed, one at a time and between loads.',
  }),
  maintenanceTimeZone: text({
    default: 'UTC',
    pattern: /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/,
    type: 'IANA name of a time zone',
    description: 'Redshift only: where the clock of maintenanceWindows hangs, summer time included.',
  }),
  vacuumDeletedPercent: integer({
    min: 1,
    max: 100,
    default: 5,
    description: 'Redshift only: a table is vacuumed when so much of it are deleted rows.',
  }),
  analyzeStatsOffPercent: integer({
    min: 1,
    max: 100,
    default: 10,
    description: 'Redshift only: a table is analyzed when its statistics are so far off (stats_off).',
  }),
};
