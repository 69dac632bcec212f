import { asFailure } from '#contracts';

/** Answers when the thing it looks at works, throws when it does not. */
export type ReadinessCheck = () => Promise<void>;

/** Longer than this and a check counts as failed: an orchestrator's probe waits no longer either. */
const CHECK_TIMEOUT_MS = 3_000;

/**
 * What must work for the service to be ready, by name. A service registers its checks while it is composed.
 */
export class Readiness {
  readonly #checks = new Map<string, ReadinessCheck>();

  add(name: string, check: ReadinessCheck): void {
    this.#checks.set(name, check);
  }

  names(): string[] {
    return [...this.#checks.keys()];
  }

  /** Why the named check fails, in one sentence; `undefined` when it does not. */
  async troubleOf(name: string): Promise<string | undefined> {
    const check = this.#checks.get(name);
    if (!check) return `no check is called ${name}`;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)),
        CHECK_TIMEOUT_MS,
      );
    });
    try {
      await Promise.race([check(), late]);
      return undefined;
    } catch (thrown) {
      return asFailure(thrown).message;
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * Ready while at least one of several equals works: one warehouse away must not stop the loads of the others.
 */
export function anyOf(checks: readonly ReadinessCheck[]): ReadinessCheck {
  return async () => {
    if (checks.length === 0) return;
    const answers = await Promise.allSettled(checks.map((check) => check()));
    const troubles = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    if (troubles.length === checks.length) throw asFailure(troubles[0]);
  };
}
