import type { Plan } from '../statements/plan.ts';
import * as say from '../wire/write-frame.ts';
import type { Actor } from './actor.ts';
import type { BackendLink } from './backend-link.ts';
import type { ClientLine } from './client-line.ts';
import { forClient } from './for-client.ts';
import type { Isolation } from './redshift-errors.ts';

type Scene = {
  readonly link: BackendLink;
  readonly client: ClientLine;
  readonly actor: Actor;
  readonly isolation: Isolation;
};

/**
 * The statements of one Query of which the emulator does some itself. Several statements are one transaction
 * (Postgres manual §55.2.2.1), so it is begun and committed here, unless the client does so among them; after
 * an error the rest is left out.
 */
export async function runScript(plans: readonly Plan[], scene: Scene): Promise<void> {
  const { link, client, actor } = scene;
  const severalAtOnce = plans.length > 1;
  for (const plan of plans) {
    const controls = plan.kind !== 'refuse' && plan.transaction !== undefined;
    if (severalAtOnce && link.status === 'I' && !controls) await begin(scene);
    if (!(await step(plan, scene))) break;
  }
  if (actor.implicitBlock) await endImplicit(scene);
  if (!link.lost) client.write(say.readyForQuery(link.status));
}

async function step(plan: Plan, scene: Scene): Promise<boolean> {
  const { actor } = scene;
  switch (plan.kind) {
    case 'refuse':
      await actor.refuse('simple', plan.problem);
      return false;
    case 'act':
      if (plan.transaction === 'end') actor.implicitBlock = false;
      return actor.perform('simple', plan.act);
    case 'forward':
      if (plan.transaction === undefined || !actor.implicitBlock) return forward(plan.sql, scene);
      // the block that was implied is the one that the client asks for now
      actor.implicitBlock = false;
      scene.client.write(say.commandComplete('BEGIN'));
      return true;
  }
}

async function begin({ link, actor }: Scene): Promise<void> {
  await silently(link, 'begin');
  actor.implicitBlock = true;
}

async function endImplicit(scene: Scene): Promise<void> {
  scene.actor.implicitBlock = false;
  if (scene.link.status === 'E') await silently(scene.link, 'rollback');
  else await forward('commit', scene, 'only its errors');
}

/** @returns false when the statement failed */
function forward(
  sql: string,
  { link, client, isolation }: Scene,
  shown?: 'only its errors',
): Promise<boolean> {
  return new Promise((resolve) => {
    let isGood = true;
    link.ask(say.query(sql), {
      asked: 'query',
      onMessage: (frame) => {
        if (frame.type === 'E') isGood = false;
        const bytes =
          frame.type === 'Z' || (shown && frame.type !== 'E')
            ? undefined
            : forClient(frame, isolation, 'no place');
        if (bytes) client.write(bytes);
      },
      onEnd: () => resolve(isGood),
    });
  });
}

function silently(link: BackendLink, sql: string): Promise<void> {
  return new Promise((resolve) => {
    link.ask(say.query(sql), { asked: 'query', onMessage: () => undefined, onEnd: () => resolve() });
  });
}
