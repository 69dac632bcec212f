import { describe, expect, it } from 'vitest';
import { parseLoadId } from '#contracts';
import type { LoadProgress } from '#contracts';
import { traceparentOf } from './traceparent.ts';

const loadId = parseLoadId('0123456789abcdef0123456789abcdef');
const progress: LoadProgress = {
  type: 'load-progress',
  loadId,
  at: 0,
  stage: 'copy',
  filesDone: 0,
  filesTotal: 1,
  rows: 0,
};

describe('the trace of an event', () => {
  it('has the load id as its trace id, so that all events of a load are one trace', () => {
    const { traceparent } = traceparentOf(progress);
    expect(traceparent).toMatch(/^00-0123456789abcdef0123456789abcdef-[0-9a-f]{16}-01$/);
    expect(traceparentOf(progress)['traceparent']).not.toBe(traceparent);
  });

  it('is absent where there is no load', () => {
    const hint = { type: 'sweep-requested', requestedAt: 0, bucket: 'b', directory: '', reason: '' } as const;
    expect(traceparentOf(hint)).toEqual({});
  });
});
