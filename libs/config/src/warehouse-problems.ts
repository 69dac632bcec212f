import { settingAt } from './check-settings.ts';
import type { RawConfig } from './schema.ts';
import { problemAt } from './setting.ts';
import type { Setting } from './setting.ts';

type RawWarehouse = RawConfig['warehouses'][string];

/** What is wrong with options of one warehouse beyond its url, where they were set. */
export function warehouseProblems(
  name: string,
  warehouse: RawWarehouse,
  settings: readonly Setting[],
): string[] {
  const at = (option: string, message: string): string => {
    const path = ['warehouses', name, option];
    return problemAt(settingAt(settings, path) ?? { path, from: 'default' }, message);
  };
  const { accessKeyId, secretAccessKey, maintenanceTimeZone } = warehouse;
  const problems: string[] = [];
  if (accessKeyId !== undefined && secretAccessKey === undefined)
    problems.push(at('accessKeyId', `needs warehouses.${name}.secretAccessKey as well`));
  if (secretAccessKey !== undefined && accessKeyId === undefined)
    problems.push(at('secretAccessKey', `needs warehouses.${name}.accessKeyId as well`));
  if (!isTimeZone(maintenanceTimeZone))
    problems.push(at('maintenanceTimeZone', 'expected the IANA name of a time zone, e.g. Europe/Berlin'));
  return problems;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format() !== '';
  } catch {
    return false;
  }
}
