import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import type { SweepRequested } from '#contracts';
import type { LaneMessage, LaneTry } from '#kafka';
import { LaneContext } from './lane-context.ts';
import { LaneStrategy } from './lane-strategy.ts';
import type { LaneHandlers } from './lane-strategy.ts';
import { PassFailureOn } from './pass-failure-on.ts';

const seen: [SweepRequested, number][] = [];

@Controller()
class Ears {
  @EventPattern<string>('sweep-requested')
  async hear(@Payload() event: SweepRequested, @Ctx() context: LaneContext): Promise<void> {
    seen.push([event, context.lane.attempt]);
    if (event.directory === 'away/') throw new Failure('unavailable', 'S3 is away');
  }
}

@Module({ controllers: [Ears] })
class Face {}

function message(directory: string): LaneMessage {
  const event = { type: 'sweep-requested', requestedAt: 0, bucket: 'b', directory, reason: 'spec' } as const;
  return {
    topic: 'sweep-requested',
    partition: 0,
    offset: 0n,
    key: '',
    event,
    headers: {},
    timestamp: 0,
  };
}

const lane: LaneTry = { attempt: 2, ownedForMs: 0, signal: new AbortController().signal };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function started(): Promise<{
  handlers: LaneHandlers;
  stopped: () => boolean;
  close: () => Promise<void>;
}> {
  let handlers: LaneHandlers = new Map();
  let stopped = false;
  const app = await NestFactory.create(Face, new FastifyAdapter(), { logger: false });
  const strategy = new LaneStrategy(async (given) => {
    handlers = given;
    return {
      stop: async () => {
        stopped = true;
      },
    };
  });
  app.useGlobalFilters(new PassFailureOn());
  app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  const close = () => app.close();
  closers.push(close);
  return { handlers, stopped: () => stopped, close };
}

describe('lanes as a Nest transport', () => {
  it('hands the decoded event and the try to an ordinary controller', async () => {
    const { handlers } = await started();
    await handlers.get('sweep-requested')?.(message('in/'), lane);
    expect(seen.at(-1)).toEqual([message('in/').event, 2]);
  });

  it('passes the failure of a controller to the lane as it is', async () => {
    const { handlers } = await started();
    await expect(handlers.get('sweep-requested')?.(message('away/'), lane)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('stops the lanes when Nest closes the transport', async () => {
    const { stopped, close } = await started();
    await close();
    expect(stopped()).toBe(true);
  });
});
