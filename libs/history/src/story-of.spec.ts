import { describe, expect, it } from 'vitest';
import type { Event } from '#contracts';
import { cleaned, completed, failed, fileRef, recorded, requested } from './event-fixture.ts';
import { foldHistory } from './history.ts';
import { storyOf } from './story-of.ts';

function tell(events: readonly Event[], key: string): string[] {
  const history = foldHistory(events.map((event) => recorded(event)));
  return storyOf(history, { bucket: 'drops', key }).map(({ at, sentence }) => `${at}: ${sentence}`);
}

describe('the story of an object', () => {
  it('goes from its announcement to its removal', () => {
    expect(tell([cleaned(1, 50), completed(1, 40), requested(1, 10)], 'd/1.csv')).toEqual([
      '10: announced by the watcher (s3://drops/d/manifest.edn), in a plan of 1 file',
      '40: loaded, as part of 7 rows inserted',
      '50: cleaned with its load: 1 deleted',
    ]);
  });

  it('tells the rows that made it fail, and what to do', () => {
    expect(tell([failed(1, 40)], 'd/1.csv')).toEqual([
      '40: failed at copy with copy-rejected: a row was refused [line 3, id: Invalid digit]. ' +
        'Correct the row.',
    ]);
  });

  it('tells why the file was left out of a load that went well', () => {
    const files = [{ ref: fileRef('d/1.csv'), status: 'changed' as const, rows: 0 }];
    expect(tell([completed(1, 40, { files })], 'd/1.csv')).toEqual(['40: left out of the load: changed']);
  });

  it('tells that a newer version was left where it is', () => {
    const files = [{ ref: fileRef('d/1.csv'), outcome: 'newer' as const }];
    expect(tell([requested(1, 10), cleaned(1, 50, { files })], 'd/1.csv').at(-1)).toBe(
      '50: not removed: newer',
    );
  });

  it('of a manifest tells what is wrong with it', () => {
    const source = { kind: 'watcher' as const, name: 's3://drops/d/manifest.edn' };
    const refusal = failed(1, 40, {
      source,
      stage: 'plan',
      code: 'manifest-invalid',
      rejected: [],
      files: [source.name],
    });
    expect(tell([refusal], 'd/manifest.edn')).toEqual([
      '40: failed at plan with manifest-invalid: a row was refused. Correct the row.',
    ]);
  });

  it('leaves out the loads of other objects', () => {
    expect(tell([requested(1, 10), completed(1, 40), failed(2, 50)], 'd/2.csv')).toEqual([]);
  });
});
