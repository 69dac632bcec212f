import { Failure, parseWarehouseName } from '#contracts';
import type { FileRef, LoadRequested } from '#contracts';
import { parseJobFlags, prepareJob } from '#sources';
import type { JobStore } from '#sources';
import type { Trial } from './trial-warehouse.ts';

/** For specs: the files of a trial as a bucket in which jobs look around. */
export type TrialJobs = {
  readonly put: (key: string, body: string) => FileRef;
  /** The plans of a job with these flags. @throws Error with everything that is wrong */
  readonly plan: (flags: string) => Promise<readonly LoadRequested[]>;
};

export function trialJobs(trial: Trial): TrialJobs {
  const objects = new Map<string, { readonly ref: FileRef; readonly body: string }>();
  const store: JobStore = {
    list: async function* ({ prefix }) {
      const found = [...objects.values()].filter(({ ref }) => ref.key.startsWith(prefix));
      yield { objects: found.map(({ ref }) => ref), prefixes: [] };
    },
    head: async ({ key }) => objects.get(key)?.ref,
    read: async ({ key }) => {
      const found = objects.get(key);
      if (!found) throw new Failure('file-missing', `${key} does not exist`);
      return { body: Buffer.from(found.body) };
    },
  };
  let requestedAt = 0;
  return {
    put: (key, body) => {
      const ref = trial.put(key, body);
      objects.set(key, { ref, body });
      return ref;
    },
    plan: async (flags) => {
      const parsed = parseJobFlags(`--bucket drop --schema public --gzip=false ${flags}`.trim().split(' '));
      if (parsed.kind === 'problems') throw new Error(parsed.problems.join('\n'));
      requestedAt += 1;
      const source = { kind: 'cli', name: 'spec' } as const;
      const warehouse = parseWarehouseName('dw');
      const { requests, problems } = await prepareJob(parsed.job, { store, warehouse, requestedAt, source });
      if (problems.length > 0) throw new Error(JSON.stringify(problems));
      return requests;
    },
  };
}
