import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import type { FailureCode } from '#contracts';
import { afterFailure } from './after-failure.ts';

const limits = { attemptsMax: 3 };

describe('after a failed load', () => {
  it.each<[FailureCode, number, 'again' | 'report']>([
    ['unavailable', 1, 'again'],
    ['unavailable', 10_000, 'again'],
    ['serialization-conflict', 2, 'again'],
    ['serialization-conflict', 3, 'report'],
    ['copy-rejected', 1, 'report'],
    ['access-denied', 1, 'report'],
  ])('%s at attempt %i means: %s', (code, attempt, decision) => {
    expect(afterFailure(new Failure(code, 'why'), attempt, limits)).toBe(decision);
  });
});
