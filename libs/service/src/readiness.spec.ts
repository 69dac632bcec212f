import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import { Readiness, anyOf } from './readiness.ts';

const works = async (): Promise<void> => undefined;
const fails = async (): Promise<void> => {
  throw new Failure('unavailable', 'the warehouse is away');
};

describe('readiness', () => {
  it('names the trouble of a check that fails, and none of one that works', async () => {
    const readiness = new Readiness();
    readiness.add('kafka', works);
    readiness.add('warehouse', fails);
    expect(readiness.names()).toEqual(['kafka', 'warehouse']);
    expect(await readiness.troubleOf('kafka')).toBeUndefined();
    expect(await readiness.troubleOf('warehouse')).toBe('the warehouse is away');
  });

  it('needs only one of several equals', async () => {
    await expect(anyOf([fails, works])()).resolves.toBeUndefined();
    await expect(anyOf([fails, fails])()).rejects.toThrow('the warehouse is away');
    await expect(anyOf([])()).resolves.toBeUndefined();
  });
});
