import type { WarehouseName } from '#contracts';
import { unreachable } from '#contracts';
import type { WarehouseCondition } from '#warehouse';
import type { Toolbox } from '../toolbox.ts';
import { examineClock } from './examine-clock.ts';
import { finding, ok, wrong } from './finding.ts';
import type { Finding } from './finding.ts';

export async function examineWarehouse(tools: Toolbox, name: WarehouseName): Promise<readonly Finding[]> {
  const check = `warehouse ${name}`;
  return finding(check, () => examine(tools, name, check), {
    unavailable: `Check warehouses.${name}.url, and that the server listens there.`,
    'access-denied': `Check user and password of warehouses.${name}.url, and the rights of that user.`,
  });
}

async function examine(tools: Toolbox, name: WarehouseName, check: string): Promise<readonly Finding[]> {
  const warehouse = tools.warehouse(name);
  await warehouse.ping();
  const earliest = Date.now();
  const { now, version, ledgerSchema } = await warehouse.examine();
  const latest = Date.now();
  const schema = tools.config.warehouses[name]?.ledgerSchema ?? '';
  return [
    ok(check, `answers, version ${version}`),
    ledgerFinding(`ledger in ${name}`, schema, ledgerSchema),
    examineClock(`clock of ${name}`, now, { earliest, latest }),
  ];
}

function ledgerFinding(check: string, schema: string, state: WarehouseCondition['ledgerSchema']): Finding {
  switch (state) {
    case 'ready':
      return ok(check, `schema ${schema} is there`);
    case 'creatable':
      return ok(check, `schema ${schema} will be created by the first load`);
    case 'denied':
      return wrong(
        check,
        `schema ${schema} cannot be created or written to by this role`,
        `As an owner: create schema if not exists ${schema};` +
          ` grant usage, create on schema ${schema} to <role>;`,
      );
    default:
      return unreachable(state);
  }
}
