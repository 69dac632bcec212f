import { describe, expect, it } from 'vitest';
import { asFailure, Secret, silentLog } from '#contracts';
import { openWarehouse } from '../open-warehouse.ts';
import { mergeOf, runContext } from '../postgres/trial-warehouse.ts';

function open() {
  const warned: string[] = [];
  const nothing = async (): Promise<never> => {
    throw new Error('not to be asked');
  };
  const warehouse = openWarehouse(
    { name: 'dw', dialect: 'redshift', url: new Secret('redshift://host/db'), loaderId: 'l' },
    {
      openFile: nothing,
      readFileList: nothing,
      readObject: nothing,
      log: { ...silentLog, warn: (_fields: unknown, sentence: string) => void warned.push(sentence) },
    },
  );
  return { warehouse, warned };
}

describe('a warehouse of the redshift dialect', () => {
  it('opens with one warning, so that other warehouses of the loader are served', async () => {
    const { warehouse, warned } = open();
    expect(warned).toEqual([
      'warehouse dw: the redshift dialect does not run plans yet; its loads fail, ' +
        'those of other warehouses run',
    ]);
    await warehouse.close();
  });

  it('refuses each load and each ping with what to do about it', async () => {
    const { warehouse } = open();
    for (const running of [warehouse.runPlan(mergeOf(), runContext()), warehouse.ping()]) {
      const failure = await running.then(() => undefined, asFailure);
      expect(failure).toMatchObject({ code: 'warehouse-unknown', retry: 'manual' });
      expect(failure?.remedy).toContain('Use dialect: postgres');
    }
  });
});
