import type { TripPoint } from '#contracts';
import type { FaultSettings } from '#redshift-emulator';
import type { Fault } from '../../libs/testing/src/fault-proxy.ts';
import type { ServiceName } from '../fleet/service-process.ts';
import type { Dialect } from './open-warehouse-place.ts';
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
  /** what only the server can do; nothing on PostgreSQL */
  | { readonly kind: 'disturb-redshift'; readonly faults: Partial<FaultSettings> }
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
/** Counted around: the last of two loaders as well as of three. */
const LAST_LOADER = 5;
/** Longer than sessions and takeover grace in a chaos fleet, or shorter. */
const FREEZES_MS = [300, 1_500, 4_000] as const;
/** Long enough for the group to give its tables to others, and for them to wait for its fence. */
const ZOMBIES_MS = [3_500, 5_000, 7_000] as const;
const SPAN_MS = 3_500;

export type Troubles = {
  /** before the story begins, so that it runs into them */
  readonly armed: readonly Armed[];
  readonly timed: readonly Timed[];
};

/**
 * @param points where processes die in any case; each is armed on two processes of its service, so that the
 * one that has the work is among them
 */
export function planTroubles(
  random: Random,
  points: readonly TripPoint[],
  dialect: Dialect = 'postgres',
): Troubles {
  const armed: Armed[] = [];
  for (const trip of points) {
    const service = random.pick(SERVICE_OF[trip]);
    const nths = armed.some((other) => other.service === service) ? [1] : [1, 0];
    for (const nth of nths)
      armed.push(arming(random, { trip, service, nth, probability: nth === nths.at(-1) ? 1 : 0.5 }));
  }
  const isFree = armed
    .filter(({ service }) => service === 'loader')
    .every(({ how }) => how.trip === points[0]);
  if (isFree && random.chance(0.7)) armed.push(standingStill(random));
  const any = Array.from({ length: 2 + random.below(4) }, () => timed(random, anyTrouble(random)));
  const heavy = random.chance(0.2) ? [timed(random, heavyTrouble(random))] : [];
  const own = dialect === 'redshift' ? redshiftTroubles(random) : [];
  return { armed, timed: [...any, ...heavy, ...own].toSorted((a, b) => a.atMs - b.atMs) };
}

type Armed = Extract<Trouble, { kind: 'arm' }>;
type Arms = Pick<Arming, 'trip' | 'probability'> & Pick<Armed, 'service' | 'nth'>;

function arming(random: Random, { trip, probability, service, nth }: Arms): Armed {
  const seed = random.below(2 ** 31);
  return { kind: 'arm', service, nth, how: { trip, probability, freezeMs: 0, deathsMax: 1, seed } };
}

/** The last loader holds the fence and does not stir, and comes back when others have long taken over. */
function standingStill(random: Random): Armed {
  const trip = random.pick(['after-copy', 'before-commit', 'before-commit', 'after-commit'] as const);
  const freezeMs = random.pick(ZOMBIES_MS);
  const how = { trip, freezeMs, probability: 0.7, deathsMax: 1, seed: random.below(2 ** 31) };
  return { kind: 'arm', service: 'loader', nth: LAST_LOADER, how };
}

function timed(random: Random, trouble: Trouble): Timed {
  return { atMs: random.below(SPAN_MS), trouble };
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

/** Whatever else happens: connections that break at COMMIT, conflicts and COPYs that stop halfway. */
function redshiftTroubles(random: Random): Timed[] {
  const some: readonly [Faults, ...Faults[]] = [
    { cutCommits: 1 + random.below(3) },
    { conflictEvery: 2 + random.below(3) },
    { stopCopies: 1 + random.below(3), copyStopBytes: random.below(2_000), copyStop: 'cut' },
    { stopCopies: 1 + random.below(2), copyStopBytes: random.below(2_000), copyStop: 'error' },
    { latencyMs: random.below(60) },
  ];
  const nth = 1 + random.below(3);
  return Array.from({ length: nth }, () =>
    timed(random, { kind: 'disturb-redshift', faults: random.pick(some) }),
  );
}

type Faults = Partial<FaultSettings>;

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
