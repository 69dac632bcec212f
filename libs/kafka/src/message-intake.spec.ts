import { describe, expect, it } from 'vitest';
import { Failure, SchemaBook, encodeEvent, silentLog } from '#contracts';
import type { SweepRequested } from '#contracts';
import { settingsOf } from './kafka-options.ts';
import { MessageIntake } from './message-intake.ts';
import type { Outgoing } from './publish-queue.ts';
import type { RawMessage } from './raw-message.ts';

const EVENT: SweepRequested = {
  type: 'sweep-requested',
  requestedAt: 1,
  bucket: 'bucket',
  directory: 'd/',
  reason: 'spec',
};
const LANE = { attempt: 1, ownedForMs: 0, signal: new AbortController().signal };

function intake({ registry }: { readonly registry: boolean }) {
  const letters: Outgoing[] = [];
  const handled: string[] = [];
  const nothing = async () => undefined;
  const publishBytes = async (letter: Outgoing) => {
    letters.push(letter);
    return { partition: 0, offset: 0n };
  };
  const publisher = { start: nothing, close: nothing, publishBytes, publish: () => publishBytes(never()) };
  const handlers = new Map([['sweep-requested' as const, async () => void handled.push('handled')]]);
  const made = new MessageIntake(handlers, {
    settings: settingsOf({ brokers: [], clientId: 'spec', topicPrefix: 'p.' }),
    log: silentLog,
    publisher: () => publisher,
    schemas: { registry, announce: nothing, refresh: nothing, idOf: () => undefined },
    book: new SchemaBook(),
  });
  return { made, letters, handled };
}

const never = (): Outgoing => {
  throw new Error('the intake publishes bytes only');
};
const messageOf = (value: Buffer): RawMessage => ({
  topic: 'p.sweep-requested',
  partition: 0,
  offset: 7n,
  key: Buffer.from('k'),
  value,
  headers: {},
  timestamp: 0,
});

describe('a message framed by a registry', () => {
  const framed = messageOf(encodeEvent(EVENT, { registryId: 4 }));

  it('waits where no registry is configured, and says which setting is missing', () => {
    expect(intake({ registry: false }).made.sort(framed)).toEqual({
      kind: 'unknown-schema',
      fingerprint: 'id:4',
      because: 'it is framed by a schema registry, and none is configured here',
      remedy: 'set kafka.registryUrl',
    });
  });

  it('waits for its schema where one is', () => {
    expect(intake({ registry: true }).made.sort(framed)).toMatchObject({
      kind: 'unknown-schema',
      because: 'nobody has published it',
    });
  });

  it('is never set aside, even if it got as far as its lane', async () => {
    const { made, letters, handled } = intake({ registry: false });
    await expect(made.perform(framed, LANE)).rejects.toBeInstanceOf(Failure);
    expect(letters).toEqual([]);
    expect(handled).toEqual([]);
  });
});

describe('a single-object message of this build', () => {
  it.each([true, false])('is handled, with a registry or without (%s)', async (registry) => {
    const { made, handled } = intake({ registry });
    const message = messageOf(encodeEvent(EVENT));
    expect(made.sort(message)).toEqual({ kind: 'take' });
    expect(await made.perform(message, LANE)).toBe('handled');
    expect(handled).toEqual(['handled']);
  });
});

describe('bytes that are no message of ours', () => {
  it('are set aside with everything they had', async () => {
    const { made, letters } = intake({ registry: false });
    const message = messageOf(Buffer.from('not ours'));
    expect(made.sort(message)).toEqual({ kind: 'take' });
    expect(await made.perform(message, LANE)).toBe('dead-letter');
    expect(letters).toMatchObject([{ topic: 'p.sweep-requested.dead-letter', value: message.value }]);
  });

  const cases = {
    'a zero byte alone': Buffer.from([0]),
    'five bytes, no body': Buffer.from([0, 0, 0, 0, 1]),
    zeros: Buffer.alloc(200),
    'a plausible id and noise': Buffer.concat([Buffer.from([0, 0, 0, 0, 4]), Buffer.alloc(195, 0x9e)]),
  };
  it.each(Object.entries(cases))(
    'and begin like a registry framing are set aside: %s',
    async (_name, value) => {
      for (const registry of [true, false]) {
        const { made, letters } = intake({ registry });
        const message = messageOf(value);
        expect(made.sort(message)).toEqual({ kind: 'take' });
        expect(await made.perform(message, LANE)).toBe('dead-letter');
        expect(letters).toMatchObject([{ value }]);
      }
    },
  );
});
