import { RedshiftIO } from 'dopplershift/rio';
import type { RedshiftIOOptions } from 'dopplershift/rio';

/** Packs rows, and lends the manifest of their parts to a COPY of your own. */
export async function copyByYourself(
  batches: readonly (readonly object[])[],
  where: Pick<RedshiftIOOptions, 's3Bucket' | 's3Endpoint' | 'awsKey' | 'awsPassword'>,
  runCopy: (manifest: string) => Promise<void>,
): Promise<void> {
  const pipe = new RedshiftIO({ ...where, destinationConfig: { schema: 'public', table: 'events' } });
  for (const [index, rows] of batches.entries()) {
    await pipe.packMany(rows);
    await pipe.seal();
    const manifest = `manifests/batch-${index}.manifest`;
    await pipe.createAndUploadCustomManifest(manifest);
    await runCopy(`s3://${where.s3Bucket}/${manifest}`);
    await pipe.reset();
  }
  await pipe.closeWithoutSending();
}
