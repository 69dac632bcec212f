import { Failure, parseWarehouseName } from '#contracts';
import type { Log, WarehouseName } from '#contracts';
import type { Config } from '#config';
import { kafkaOptionsOf, s3OptionsOf } from '#config';
import { connectKafka } from '#kafka';
import type { KafkaClient } from '#kafka';
import { s3ObjectStore } from '#object-store';
import type { ObjectStore } from '#object-store';
import { openWarehouse } from '#warehouse';
import type { Warehouse, WarehouseDeps } from '#warehouse';

/** What commands work with. Nothing of it connects before it is used. */
export type Toolbox = {
  readonly config: Config;
  readonly kafka: KafkaClient;
  readonly store: ObjectStore;
  /** @throws Failure warehouse-unknown */
  readonly warehouse: (name: WarehouseName) => Warehouse;
  /** epoch ms; one moment for the whole command */
  readonly now: number;
  readonly close: () => Promise<void>;
};

export function openToolbox(config: Config, log: Log): Toolbox {
  const who = `cli-${process.pid}`;
  const kafka = connectKafka(kafkaOptionsOf(config, who), log);
  const store = s3ObjectStore(s3OptionsOf(config), log);
  const open = new Map<string, Warehouse>();
  return {
    config,
    kafka,
    store,
    warehouse: (name) => {
      const warehouse = open.get(name) ?? openNamed(config, name, { ...NO_FILES, log }, who);
      open.set(name, warehouse);
      return warehouse;
    },
    now: Date.now(),
    close: async () => {
      await Promise.all([kafka.close(), ...[...open.values()].map((warehouse) => warehouse.close())]);
      store.close();
    },
  };
}

function openNamed(config: Config, name: string, deps: WarehouseDeps, loaderId: string): Warehouse {
  const options = config.warehouses[name];
  const known = Object.keys(config.warehouses).join(', ') || 'none';
  if (!options)
    throw new Failure('warehouse-unknown', `no warehouse is called ${name}; configured: ${known}`);
  return openWarehouse({ ...options, poolMax: 1, name, loaderId }, deps);
}

export function warehouseNames(config: Config): WarehouseName[] {
  return Object.keys(config.warehouses).map(parseWarehouseName);
}

const noFiles = async (): Promise<never> => {
  throw new Failure('internal', 'the command line runs no plans');
};

const NO_FILES = { openFile: noFiles, readFileList: noFiles, readObject: noFiles };
