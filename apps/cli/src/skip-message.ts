import { Failure } from '#contracts';
import { readLetterTypes } from './letters-view.ts';
import type { LetterType } from './letters-view.ts';
import { printTime } from './parse-time.ts';
import type { Report } from './report.ts';
import { requireTopics } from './require-topics.ts';
import { acknowledged } from './send-again.ts';
import type { Toolbox } from './toolbox.ts';
import { UsageError } from './usage-error.ts';
import { WHO_READS } from './who-reads.ts';

type Place = { readonly topic: string; readonly partition: number; readonly offset: bigint };

/** `load-requested/3/17`, as the alert of a waiting partition names it. @throws UsageError */
export function readPlace(text: string): Place {
  const [, topic, partition, offset] = /^(.+)\/(\d{1,9})\/(\d{1,18})$/.exec(text) ?? [];
  if (topic === undefined || partition === undefined || offset === undefined)
    throw new UsageError(`${JSON.stringify(text)} is no message; write topic/partition/offset`);
  return { topic, partition: Number(partition), offset: BigInt(offset) };
}

/** Makes the message that a stopped group waits for a dead letter. @throws Failure, UsageError */
export async function skipMessage(tools: Toolbox, place: Place, dryRun: boolean): Promise<Report> {
  const { kafka, config } = tools;
  const [type] = readLetterTypes(place.topic, config.kafka.topicPrefix);
  if (type === undefined) throw new Failure('internal', `nobody reads ${place.topic}`);
  await requireTopics(tools, [type]);
  const group = WHO_READS[type];
  const { partition, offset } = place;
  const at = { type, partition, offset };
  const { key, value, timestamp, letter } = await acknowledged(kafka.deadLetters.skip(group, at, { dryRun }));
  const bytes = value?.length ?? 0;
  const message = { id: `${type}/${partition}/${offset}`, key: key?.toString('utf8') ?? '', bytes };
  const id = letter && `${type}/${letter.partition}/${letter.offset}`;
  return {
    data: { dryRun, group, message: { ...message, at: timestamp }, ...(id !== undefined && { letter: id }) },
    text: `${message.id}: ${bytes} bytes of ${printTime(timestamp)}, key ${message.key}\n${said(type, id)}`,
    ok: true,
  };
}

function said(type: LetterType, letter: string | undefined): string {
  if (letter === undefined) return 'would become a dead letter';
  return `is the dead letter ${letter} now; the ${WHO_READS[type]} goes on behind it once it is started`;
}
