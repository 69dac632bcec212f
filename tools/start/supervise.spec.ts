import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exit } from '../fleet/service-process.ts';
import { pauseAfter, supervise } from './supervise.ts';
import type { Supervised } from './supervise.ts';

/** A process as the supervisor sees one, whose end is in the hands of the spec. */
class Pretended {
  readonly exited: Promise<Exit>;
  die: (exit: Exit) => void = () => undefined;

  constructor(signal: AbortSignal) {
    this.exited = new Promise((resolve) => {
      this.die = resolve;
    });
    signal.addEventListener('abort', () => this.die({ code: 0, signal: null }), { once: true });
  }
}

describe('a supervised process', () => {
  let births: EventEmitter<{ birth: [Pretended] }>;
  let lives: number;
  let said: string[];
  let stop: AbortController;
  let refusals: number;
  let running: Supervised | undefined;

  function begin(pauseMs = 1): Supervised {
    running = supervise({
      name: 'loader',
      start: (signal) => {
        lives += 1;
        if (lives <= refusals) return Promise.reject(new Error('no port'));
        const life = new Pretended(signal);
        setImmediate(() => births.emit('birth', life));
        return Promise.resolve(life);
      },
      say: (sentence) => void said.push(sentence),
      signal: stop.signal,
      pauseMs,
    });
    return running;
  }
  const birth = async (): Promise<Pretended> => (await once(births, 'birth'))[0];

  beforeEach(() => {
    births = new EventEmitter();
    [lives, refusals, said, stop] = [0, 0, [], new AbortController()];
  });
  afterEach(async () => {
    stop.abort();
    await running?.ended;
  });

  it('that dies is started again, and the death is told with its cause', async () => {
    begin();
    const first = await birth();
    first.die({ code: null, signal: 'SIGKILL' });
    const second = await birth();
    second.die({ code: 1, signal: null });
    await birth();
    expect(said[0]).toBe('loader ended (SIGKILL); it starts again in 0.001 s');
    expect(said[1]).toContain('ended (exit code 1)');
  });

  it('that cannot start is tried again', async () => {
    refusals = 2;
    const { up } = begin();
    await birth();
    await up;
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('did not start: no port');
  });

  it('is restarted on request without a word and without a pause', async () => {
    const { restart } = begin(1_000_000);
    const first = await birth();
    restart();
    expect(await first.exited).toEqual({ code: 0, signal: null });
    await birth();
    expect(said).toEqual([]);
  });

  it('is fetched out of its pause by a restart', async () => {
    const { restart } = begin(1_000_000);
    const first = await birth();
    first.die({ code: 1, signal: null });
    await expect.poll(() => said).toHaveLength(1);
    restart();
    await birth();
    expect(lives).toBe(2);
  });

  it('ends with the signal and lives no more', async () => {
    const { ended } = begin();
    const first = await birth();
    stop.abort();
    await ended;
    expect(await first.exited).toEqual({ code: 0, signal: null });
    expect(lives).toBe(1);
  });

  it('never keeps anybody waiting for it to be up once the signal has come', async () => {
    refusals = Number.POSITIVE_INFINITY;
    const { up, ended } = begin(1_000_000);
    stop.abort();
    await Promise.all([up, ended]);
    expect(lives).toBe(1);
  });
});

describe('the pause before a new life', () => {
  it('doubles with every death in a row, to half a minute', () => {
    expect([1, 2, 3, 4].map((deaths) => pauseAfter(deaths))).toEqual([500, 1_000, 2_000, 4_000]);
    expect(pauseAfter(40)).toBe(30_000);
  });
});
