import { GetObjectTaggingCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';

/** S3 sets all tags of an object at once, so those that are there are written again beside ours. */
export async function addTags(
  client: S3Client,
  which: { readonly Bucket: string; readonly Key: string; readonly VersionId?: string },
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  const { TagSet = [] } = await client.send(new GetObjectTaggingCommand(which));
  const others = TagSet.filter(({ Key }) => Key === undefined || !(Key in tags));
  const ours = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await client.send(new PutObjectTaggingCommand({ ...which, Tagging: { TagSet: [...others, ...ours] } }));
}
