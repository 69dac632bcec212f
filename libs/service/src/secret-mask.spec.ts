import { describe, expect, it } from 'vitest';
import { Secret, parseLoadId } from '#contracts';
import type { LoadFailed } from '#contracts';
import { createMask, maskEvent } from './secret-mask.ts';

const failed: LoadFailed = {
  type: 'load-failed',
  loadId: parseLoadId('0'.repeat(32)),
  failedAt: 0,
  code: 'access-denied',
  message: 'cannot log in with hunter22',
  remedy: '',
  stage: 'fence',
  attempt: 1,
  rejected: [{ file: 's3://b/hunter22.csv', line: 1, reason: 'hunter22 is no number' }],
  files: ['s3://b/hunter22.csv'],
  source: { kind: 'watcher', name: 'm' },
};

describe('the mask of secrets', () => {
  it('hides configured secrets, and those that are learned later', () => {
    const mask = createMask([new Secret('configured')]);
    mask.learn(new Secret('hunter22'));
    expect(mask.hide('configured hunter22 harmless')).toBe('*** *** harmless');
  });

  it('hides them in the sentences of an event, and leaves identities alone', () => {
    const { hide } = createMask([new Secret('hunter22')]);
    expect(maskEvent(failed, hide)).toMatchObject({
      message: 'cannot log in with ***',
      rejected: [{ file: 's3://b/hunter22.csv', reason: '*** is no number' }],
      files: ['s3://b/hunter22.csv'],
    });
  });
});
