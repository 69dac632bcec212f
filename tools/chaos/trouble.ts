import { TRIP_POINTS } from '#contracts';
import type { TripPoint } from '#contracts';
import type { Fault } from '../../libs/testing/src/fault-proxy.ts';
import type { ServiceName } from '../fleet/service-process.ts';
import type { Random } from './random.ts';
import type { Arming } from './supervisor.ts';

/** What goes wrong in a run. Slots are chosen by service and a number that counts around. */
export type Trouble =
  | { readonly kind: 'arm'; readonly service: ServiceName; readonly nth: number; readonly how: Arming }
  | { readonly kind: 'kill' | 'restart'; readonly service: ServiceName; readonly nth: number }
  | {
      readonly kind: 'freeze';
      readonly service: ServiceName;
      readonly nth: number;
      readonly forMs: number;
    }
  /** cuts every connection to the warehouse; the next ones have the fault */
  | { readonly kind: 'cut-warehouse'; readonly faults: readonly Fault[] }
  | { readonly kind: 'disturb-s3'; readonly fault: Fault; readonly times: number }
  | {
      readonly kind: 'server';
      readonly server: 'kafka' | 's3' | 'postgres';
      readonly how: 'restart' | 'freeze';
      readonly forMs: number;
    };

export type Timed = { readonly atMs: number; readonly trouble: Trouble };

const SERVICES = ['watcher', 'loader', 'loader', 'loader', 'cleaner'] as const;
const SERVICE_OF: Readonly<Record<TripPoint, readonly [ServiceName, ...ServiceName[]]>> = {
  'after-copy': ['loader'],
  'before-commit': ['loader'],
  'after-commit': ['loader'],
  'before-offset-commit': ['loader', 'cleaner'],
  'mid-clean': ['cleaner'],
  'mid-sweep': ['watcher'],
};
/** Longer than sessions and takeover grace in a chaos fleet, or shorter. */
const FREEZES_MS = [300, 1_500, 4_000] as const;
const SPAN_MS = 3_500;

/** @param first the trip point that is armed in any case, so that consecutive seeds visit all of them */
export function planTroubles(random: Random, first: TripPoint): Timed[] {
  const armed = [first, random.pick(TRIP_POINTS)].flatMap((trip) => armings(trip, random));
  const any = Array.from({ length: 2 + random.below(5) }, () => timed(random, anyTrouble(random)));
  const heavy = random.chance(0.25) ? [timed(random, heavyTrouble(random))] : [];
  return [...armed, ...any, ...heavy].toSorted((a, b) => a.atMs - b.atMs);
}

function timed(random: Random, trouble: Trouble): Timed {
  return { atMs: random.below(SPAN_MS), trouble };
}

/** Two processes of the service, so that the one that has the work is likely among them. */
function armings(trip: TripPoint, random: Random): Timed[] {
  const freezes = random.chance(0.3);
  return [0, 1].map((nth) => {
    const how = {
      trip,
      probability: random.pick([1, 0.5, 0.2]),
      seed: random.below(2 ** 31),
      freezeMs: freezes ? random.pick(FREEZES_MS) : 0,
    };
    return {
      atMs: nth * random.below(800),
      trouble: { kind: 'arm', service: random.pick(SERVICE_OF[trip]), nth, how },
    };
  });
}

function anyTrouble(random: Random): Trouble {
  const at = { service: random.pick(SERVICES), nth: random.below(3) };
  return random.pick<() => Trouble>([
    () => ({ kind: 'kill', ...at }),
    () => ({ kind: 'restart', ...at }),
    () => ({ kind: 'freeze', ...at, forMs: random.pick(FREEZES_MS) }),
    () => ({ kind: 'cut-warehouse', faults: [warehouseFault(random), warehouseFault(random)] }),
    () => ({ kind: 'cut-warehouse', faults: [warehouseFault(random)] }),
    () => ({ kind: 'disturb-s3', fault: s3Fault(random), times: 1 + random.below(6) }),
    () => ({ kind: 'disturb-s3', fault: s3Fault(random), times: 1 + random.below(20) }),
  ])();
}

function warehouseFault(random: Random): Fault {
  return random.pick<Fault>([
    { kind: 'refuse' },
    { kind: 'lose-answer', to: 'commit\0' },
    { kind: 'cut', afterBytes: 400 + random.below(1_500) },
    { kind: 'cut', afterBytes: 400 + random.below(20_000) },
    { kind: 'slow', delayMs: random.below(500) },
  ]);
}

function s3Fault(random: Random): Fault {
  return random.pick<Fault>([
    { kind: 'refuse' },
    { kind: 'answer', status: 503, body: '' },
    { kind: 'answer', status: 500, body: '' },
    { kind: 'lose-answer' },
    { kind: 'cut', afterBytes: random.below(200) },
    { kind: 'cut', afterBytes: random.below(20_000) },
    { kind: 'stall', afterBytes: random.below(200) },
    { kind: 'slow', delayMs: random.below(800) },
  ]);
}

function heavyTrouble(random: Random): Trouble {
  const forMs = random.pick(FREEZES_MS);
  return random.pick<Trouble>([
    { kind: 'server', server: 'kafka', how: 'restart', forMs: 0 },
    { kind: 'server', server: 'kafka', how: 'freeze', forMs },
    { kind: 'server', server: 'postgres', how: 'restart', forMs: 0 },
    { kind: 'server', server: 'postgres', how: 'restart', forMs: 800 },
    { kind: 'server', server: 's3', how: 'freeze', forMs },
  ]);
}
