import Table from 'cli-table3';
import { createLogUpdate } from 'log-update';
import type { Journey } from './journey.ts';

/** Shows journeys as they go: a table that updates in place on a terminal, plain lines elsewhere. */
export type Board = {
  readonly show: (changed: Journey, all: readonly Journey[]) => void;
  readonly rest: () => void;
};

export function createBoard(out: NodeJS.WriteStream): Board {
  return out.isTTY ? liveBoard(out) : lineBoard(out);
}

function liveBoard(out: NodeJS.WriteStream): Board {
  const draw = createLogUpdate(out);
  return { show: (_changed, all) => draw(drawTable(all)), rest: () => draw.done() };
}

function lineBoard(out: NodeJS.WriteStream): Board {
  return {
    show: (changed) => void out.write(`  ${changed.key} → ${changed.table}: ${sentence(changed)}\n`),
    rest: () => undefined,
  };
}

function drawTable(all: readonly Journey[]): string {
  const table = new Table({ head: ['file', 'table', 'stage', 'rows', 'visible after'], style: { head: [] } });
  for (const journey of all) {
    const stage = journey.note ? `${journey.stage} (${journey.note})` : journey.stage;
    table.push([journey.key, journey.table, stage, journey.rows ?? '', secondsToVisible(journey) ?? '']);
  }
  return table.toString();
}

function sentence(journey: Journey): string {
  if (journey.stage === 'visible') return `visible, ${journey.rows} rows, after ${secondsToVisible(journey)}`;
  return journey.note ? `${journey.stage} (${journey.note})` : journey.stage;
}

/** e.g. `1.3 s` */
export function secondsToVisible(journey: Journey): string | undefined {
  if (journey.visibleAt === undefined) return undefined;
  return `${((journey.visibleAt - journey.uploadedAt) / 1000).toFixed(1)} s`;
}
