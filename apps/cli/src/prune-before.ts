import { Failure } from '#contracts';
import { printDays } from './topic-verdict.ts';

/**
 * The moment before which the ledger may forget what is gone: whatever was loaded before it can no more be
 * asked for again, since its request is no more in the topic (design §4).
 * @param asked what `--older-than` says, epoch ms
 * @param kept retention of load-requested, ms; -1: for ever
 * @throws Failure options-invalid
 */
export function pruneBefore(asked: number | undefined, kept: number, now: number): number {
  if (kept === -1) {
    if (asked !== undefined) return asked;
    throw new Failure('options-invalid', 'load-requested is kept for ever, so every load may be replayed', {
      remedy:
        'Say with --older-than (e.g. 400d) what nobody will replay, nor restore from a backup, any more.',
    });
  }
  const youngest = now - kept;
  if (asked === undefined || asked <= youngest) return asked ?? youngest;
  throw new Failure(
    'options-invalid',
    `load-requested keeps ${printDays(kept)}: what is younger may be replayed`,
    { remedy: `Say --older-than ${Math.ceil(kept / 86_400_000)}d or more, or leave it out.` },
  );
}
