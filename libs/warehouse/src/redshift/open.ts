import { Failure } from '#contracts';
import type { Log } from '#contracts';
import type { Warehouse } from '../warehouse.ts';

/**
 * This release renders plans for Redshift and does not run them: every deed fails with `warehouse-unknown`.
 * Opening does not, so that a loader which also has other warehouses serves those.
 */
export function openRedshift({ name }: { readonly name: string }, { log }: { readonly log: Log }): Warehouse {
  const message = `warehouse ${name}: the redshift dialect does not run plans yet`;
  const remedy = 'Use dialect: postgres; running plans on Redshift comes with the next release.';
  log.warn({ warehouse: name }, `${message}; its loads fail, those of other warehouses run`);
  const refuse = async (): Promise<never> => {
    throw new Failure('warehouse-unknown', message, { remedy });
  };
  return {
    runPlan: refuse,
    loadedFiles: refuse,
    recordFailure: refuse,
    forget: refuse,
    prune: refuse,
    targets: refuse,
    ping: refuse,
    examine: refuse,
    close: async () => undefined,
  };
}
