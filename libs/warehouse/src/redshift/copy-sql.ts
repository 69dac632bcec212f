import { Failure } from '#contracts';
import type { Secret } from '#contracts';
import { printCopyOptions } from '#copy';
import type { CopyOptions } from '#copy';
import { idents } from '../quote.ts';
import { loadableOptions } from '../start-copy.ts';
import { authorizationSql, plain } from './copy-authorization.ts';
import type { CopyAuthorization } from './copy-authorization.ts';

export type CopyFrom = {
  /** `s3://bucket/key` of the manifest that names exactly the files, each of them mandatory */
  readonly manifestUrl: string;
  readonly authorization: CopyAuthorization;
  /** of the bucket */
  readonly bucketRegion: string;
  /** of the warehouse; absent: the same */
  readonly warehouseRegion: string | undefined;
  readonly masterSymmetricKey?: Secret | undefined;
};

export type CopyInto = {
  /** SQL of the table */
  readonly table: string;
  readonly columns: readonly string[];
  /** a temporary table: statistics and encodings of it are nobody's concern */
  readonly isStage: boolean;
};

/** @throws Failure `options-invalid` with everything that is wrong with a manifest's options */
export function redshiftOptions(text: string): CopyOptions {
  const options = loadableOptions(text);
  const wrong = [
    ...(options.manifest ? ['MANIFEST is added by the loader; leave it out'] : []),
    ...(options.readRatio === undefined ? [] : ['READRATIO concerns DynamoDB only']),
  ];
  if (wrong.length > 0) throw new Failure('options-invalid', `COPY options: ${wrong.join('; ')}`);
  return options;
}

/** PARQUET and ORC take few options, and no file of another region (reference/redshift-copy.md §2). */
export function isColumnar({ format }: CopyOptions): boolean {
  return format.kind === 'Parquet' || format.kind === 'Orc';
}

/**
 * A manifest, since a COPY path is a key prefix. COMPUPDATE off, since it would change the table; STATUPDATE
 * off unless the manifest asks for it on a table of its own (reference/redshift-copy.md §3). The options were
 * parsed, and are printed again: no text of a manifest is ever pasted into a statement.
 */
export function copySql(into: CopyInto, options: CopyOptions, from: CopyFrom): string {
  const columnar = isColumnar(options);
  const printed = printCopyOptions({
    ...options,
    manifest: true,
    region: regionOf(options, from),
    compUpdate: columnar ? undefined : 'off',
    compRows: undefined,
    statUpdate: into.isStage ? 'off' : (options.statUpdate ?? 'off'),
    // a stage has no identity columns
    explicitIds: options.explicitIds && !into.isStage,
  });
  return `copy ${into.table} (${idents(into.columns)})
from ${plain(from.manifestUrl, 'the url of the COPY manifest')}
${authorizationSql(from.authorization)}${masterKey(options, from)}
${printed}`;
}

function regionOf(options: CopyOptions, { bucketRegion, warehouseRegion }: CopyFrom): string | undefined {
  const region = options.region ?? bucketRegion;
  if (warehouseRegion === undefined || region === warehouseRegion) return options.region;
  if (!isColumnar(options)) return region;
  throw new Failure(
    'options-invalid',
    `PARQUET and ORC are read in the region of the warehouse only: ${warehouseRegion}, not ${region}`,
    { remedy: 'Copy the files into a bucket of that region, or load them as text.' },
  );
}

function masterKey(options: CopyOptions, { masterSymmetricKey }: CopyFrom): string {
  if (!options.encrypted) return '';
  if (masterSymmetricKey)
    return ` master_symmetric_key ${plain(masterSymmetricKey.reveal(), 'masterSymmetricKey')}`;
  throw new Failure('options-invalid', 'COPY options: ENCRYPTED needs a key, which no plan carries', {
    remedy: 'Set masterSymmetricKey of this warehouse in the configuration, then: dopplershift retry.',
  });
}
