import { Failure } from '#contracts';
import type { Copy } from '#contracts';
import { parseCopyOptions, printCopyOptions } from '#copy';
import { idents, literal } from '../quote.ts';

export type CopyFrom = {
  /** `s3://bucket/key` of the manifest that names exactly the step's files, each of them mandatory */
  readonly manifestUrl: string;
  readonly iamRole: string;
  /** of the bucket */
  readonly region: string;
};

/**
 * A manifest, since a COPY path is a key prefix; COMPUPDATE and STATUPDATE off, since both look at the
 * rows again and the first would change the table (reference/redshift-copy.md §3).
 * @throws Failure `options-invalid`
 */
export function copySql(into: string, copy: Copy, from: CopyFrom): string {
  const parsed = parseCopyOptions(copy.options);
  if (parsed.kind === 'problems')
    throw new Failure(
      'options-invalid',
      `COPY options: ${parsed.problems.map((problem) => problem.message).join('; ')}`,
    );
  const options = printCopyOptions({
    ...parsed.options,
    manifest: true,
    region: from.region,
    compUpdate: 'off',
    compRows: undefined,
    statUpdate: 'off',
  });
  return `copy ${into} (${idents(copy.columns)})
  from ${literal(from.manifestUrl)}
  iam_role ${literal(from.iamRole)}
  ${options}`;
}
