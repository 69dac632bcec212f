import { createHash } from 'node:crypto';
import type { FileRef, LoadFailed } from '#contracts';
import { fileIdentity, parseLoadId } from '#contracts';
import { urlOf } from './manifest-shelf.ts';
import type { Refused } from './manifest-shelf.ts';

/** manifests whose refusal is remembered; one beyond it may be reported twice */
const REFUSALS_MAX = 10_000;

/** An invalid manifest is reported once per version, with everything that is wrong with it (design §6). */
export class Refusals {
  readonly #reported = new Map<string, string>();

  isReported({ ref, reason }: Refused): boolean {
    return this.#reported.get(urlOf(ref)) === versionOf(ref, reason);
  }

  /** Call it once the report is acknowledged. */
  remember({ ref, reason }: Refused): void {
    this.#reported.delete(urlOf(ref));
    this.#reported.set(urlOf(ref), versionOf(ref, reason));
    const [oldest] = this.#reported.keys();
    if (this.#reported.size > REFUSALS_MAX && oldest !== undefined) this.#reported.delete(oldest);
  }

  /** The manifest is valid: should the same trouble come back, it is worth another report. */
  forget(ref: FileRef): void {
    this.#reported.delete(urlOf(ref));
  }
}

/** The report of a manifest that cannot become a plan. Its id is that of the manifest's version. */
export function refusalOf({ ref, failure }: Refused, failedAt: number): LoadFailed {
  const url = urlOf(ref);
  return {
    type: 'load-failed',
    loadId: parseLoadId(digest(`manifest\n${fileIdentity(ref)}`)),
    failedAt,
    code: failure.code,
    message: failure.message,
    remedy: failure.remedy,
    stage: 'plan',
    attempt: 1,
    rejected: failure.rejected,
    files: [url],
    source: { kind: 'watcher', name: url },
  };
}

function versionOf(ref: FileRef, reason: string): string {
  return digest(`${fileIdentity(ref)}\n${reason}`);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
