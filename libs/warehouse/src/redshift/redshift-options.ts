import type { Secret } from '#contracts';

/** What only a warehouse of the redshift dialect has. */
export type RedshiftOptions = {
  /** a role or chain of roles that COPY reads S3 with, or `default` */
  readonly iamRole?: string | undefined;
  /** keys that COPY reads S3 with, instead of a role */
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: Secret | undefined;
  readonly sessionToken?: Secret | undefined;
  /** of client-side encrypted files (option ENCRYPTED) */
  readonly masterSymmetricKey?: Secret | undefined;
  /** of the warehouse; default: as its host name says, else that of the bucket */
  readonly region?: string | undefined;
  /** where COPY manifests lie in the bucket; default `_dopplershift/manifests/` */
  readonly copyManifestPrefix?: string | undefined;
  /** joins on keys ask for the distribution key as well, which then never changes for a key; default false */
  readonly joinOnDistKey?: boolean | undefined;
  /** when tables may be vacuumed and analyzed, e.g. `sat-sun 22:00-06:00`; default never */
  readonly maintenanceWindows?: readonly string[] | undefined;
  /** IANA name; default UTC */
  readonly maintenanceTimeZone?: string | undefined;
  /** deleted rows from which a table is vacuumed; default 5 */
  readonly vacuumDeletedPercent?: number | undefined;
  /** stats_off from which a table is analyzed; default 10 */
  readonly analyzeStatsOffPercent?: number | undefined;
};

/** `cluster.abc.eu-west-1.redshift.amazonaws.com`, `group.123.eu-west-1.redshift-serverless.amazonaws.com` */
export function regionOfHost(host: string): string | undefined {
  return /\.([a-z]{2}(?:-[a-z]+)+-\d)\.redshift(?:-serverless)?\.amazonaws\.com(?:\.cn)?$/i.exec(host)?.[1];
}
