import type { LoadPlan, Step, TablePlan } from '#contracts';
import { Failure, unreachable } from '#contracts';
import type { FoundRequest } from './find-requests.ts';

/** What running a plan may do that the ledger says has run already. */
export type Danger = 'older' | 'duplicates';

export type Allowed = { readonly older: boolean; readonly duplicates: boolean };

const LOADS_NAMED_MAX = 5;

/** `older`: its rows take the place of newer ones. `duplicates`: its rows are there twice. */
export function dangersOf(plan: LoadPlan): ReadonlySet<Danger> {
  return new Set(plan.tables.flatMap((table) => table.steps.flatMap((step) => dangerOf(step, table) ?? [])));
}

function dangerOf(step: Step, table: TablePlan): Danger | undefined {
  switch (step.kind) {
    case 'DeleteRows':
      return 'older';
    case 'Copy':
      return dangerOfCopy(step.apply, table);
    case 'EnsureTable':
    case 'AddColumn':
    case 'DropColumn':
    case 'RenameColumn':
    case 'WidenColumn':
    case 'TouchLatency':
      return undefined;
    default:
      return unreachable(step);
  }
}

function dangerOfCopy(apply: Extract<Step, { kind: 'Copy' }>['apply'], table: TablePlan): Danger | undefined {
  switch (apply) {
    case 'merge':
    case 'update':
    case 'delete':
      return 'older';
    case 'append':
      // A replacement: what the copy adds, the delete before it has taken away.
      return table.steps.some(({ kind }) => kind === 'DeleteRows') ? 'older' : 'duplicates';
    case 'insertAbsent':
      return undefined;
    default:
      return unreachable(apply);
  }
}

/** @throws Failure options-invalid that names the loads and the switch that is missing */
export function refuseDangers(requests: readonly FoundRequest[], allowed: Allowed): void {
  const refused = requests.map((request) => ({ request, danger: missing(request, allowed) }));
  for (const danger of ['older', 'duplicates'] as const) {
    const loads = refused.filter((one) => one.danger === danger).map(({ request }) => request);
    if (loads.length > 0) throw refusal(danger, loads);
  }
}

function missing({ event }: FoundRequest, allowed: Allowed): Danger | undefined {
  return [...dangersOf(event.plan)].find((danger) => !allowed[danger]);
}

const SWITCHES = {
  older: ['--allow-older', 'rows of older files would take the place of newer ones'],
  duplicates: ['--allow-duplicates', 'rows that were appended before would be there twice'],
} as const;

function refusal(danger: Danger, loads: readonly FoundRequest[]): Failure {
  const [option, because] = SWITCHES[danger];
  const named = loads.slice(0, LOADS_NAMED_MAX).map(({ event, key }) => `${event.loadId} (${key})`);
  const more = loads.length - named.length;
  const list = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return new Failure('options-invalid', `--force on ${list}: ${because}`, {
    remedy: `Leave --force out: only what the ledger has not seen runs then. Or say ${option}.`,
  });
}
