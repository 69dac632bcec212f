import { watchUnitOf } from '#contracts';
import { acknowledged } from './send-again.ts';
import type { Toolbox } from './toolbox.ts';

export type Wish = {
  readonly directories: readonly string[];
  /** also what was announced a short while ago */
  readonly fresh: boolean;
  readonly reason: string;
};

/** Asks the watcher to look at directories of the watched bucket now. @throws Failure */
export async function sweepDirectories({ kafka, config, now }: Toolbox, wish: Wish): Promise<void> {
  const { bucket, prefix } = config.s3;
  const hint = { type: 'sweep-requested', requestedAt: now, bucket, reason: wish.reason } as const;
  const sent = wish.directories.map((directory) => {
    const event = { ...hint, directory, ...(wish.fresh && { fresh: true }) };
    return kafka.publisher().publish(event, watchUnitOf(prefix, directory));
  });
  await acknowledged(Promise.all(sent));
}
