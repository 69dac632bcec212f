import { choice, integer, optionalChoice, optionalText, secret, text } from '../option.ts';

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
    otherwise: "the keys of section s3 or the cluster's default role",
    description: 'Redshift only: the role, or chain of roles, that COPY reads S3 with.',
  }),
  region: optionalText({
    otherwise: "the cluster's region",
    description: 'Redshift only: the region of the bucket, when it is another one.',
  }),
};
