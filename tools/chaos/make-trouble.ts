import { setTimeout as sleep } from 'node:timers/promises';
import { unreachable } from '#contracts';
import { eventually } from '../fleet/eventually.ts';
import type { Timed, Trouble, Troubles } from './trouble.ts';
import type { World } from './world.ts';

const ARMED_MS = 120_000;

/** Resolves when processes that will die or stand still at their points are up. */
export async function arm(world: World, armed: Troubles['armed']): Promise<void> {
  world.supervisor.disarm();
  const slots = new Map(armed.map(({ how, ...at }) => [slotOf(world, at), how]));
  for (const [slot, how] of slots) world.supervisor.arm(slot, how);
  await eventually('armed processes', () => (world.supervisor.allUp ? true : undefined), ARMED_MS);
}

/** Resolves when every trouble has begun and every server and process that stood still goes on again. */
export async function makeTrouble(world: World, troubles: readonly Timed[]): Promise<void> {
  await Promise.all(
    troubles.map(async ({ atMs, trouble }) => {
      await sleep(atMs);
      await make(world, trouble);
    }),
  );
}

async function make(world: World, trouble: Trouble): Promise<void> {
  const { supervisor, warehouse, s3Proxy } = world;
  switch (trouble.kind) {
    case 'arm':
      return supervisor.arm(slotOf(world, trouble), trouble.how);
    case 'kill':
      return supervisor.kill(slotOf(world, trouble));
    case 'restart':
      return supervisor.restart(slotOf(world, trouble));
    case 'freeze':
      supervisor.pause(slotOf(world, trouble));
      await sleep(trouble.forMs);
      return supervisor.resume(slotOf(world, trouble));
    case 'cut-warehouse':
      for (const fault of trouble.faults) warehouse.proxy.fault(fault, { times: 1 });
      return warehouse.proxy.cutAll();
    case 'disturb-redshift':
      return warehouse.emulator?.faults.set(trouble.faults);
    case 'disturb-s3':
      return s3Proxy.fault(trouble.fault, { times: trouble.times });
    case 'server':
      return await disturb(world, trouble);
    default:
      return unreachable(trouble);
  }
}

function slotOf({ supervisor }: World, at: { readonly service: string; readonly nth: number }): number {
  const same = supervisor.slots().filter(({ name }) => name === at.service);
  const slot = same[at.nth % same.length];
  if (!slot) throw new RangeError(`no ${at.service} runs`);
  return slot.index;
}

async function disturb(
  { stack }: World,
  { server, how, forMs }: Extract<Trouble, { kind: 'server' }>,
): Promise<void> {
  const one = stack[server];
  if (how === 'freeze') {
    one.pause();
    await sleep(forMs);
    one.resume();
    return;
  }
  // SIGQUIT: PostgreSQL drops its sessions without a word and recovers from its log; the broker just ends.
  await one.kill(server === 'postgres' ? 'SIGQUIT' : 'SIGKILL');
  await sleep(forMs);
  await one.restart();
}
