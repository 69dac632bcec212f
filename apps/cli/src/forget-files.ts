import type { FilesOf, ForgetMatch } from '#warehouse';
import type { Report } from './report.ts';
import { sweepDirectories } from './sweep-directories.ts';
import { oneTable } from './table-keys.ts';
import type { Toolbox } from './toolbox.ts';

/** directories that are named on the terminal; `--json` has all of them */
const SHOWN_MAX = 20;

type Wish = { readonly table: string; readonly match: ForgetMatch; readonly sweep: boolean };

/**
 * Makes a ledger forget, and sends the watcher where the files are: what is still there is announced now,
 * and not when it would have been repeated anyway (`watcher.reannounceAfterMs`).
 */
export async function forgetFiles(tools: Toolbox, { table, match, sweep }: Wish): Promise<Report> {
  const { warehouse: name, target, key } = oneTable(table, tools.config.warehouses);
  const warehouse = tools.warehouse(name);
  const found = (await warehouse.directories?.(target, match)) ?? [];
  const forgotten = await warehouse.forget(target, match);
  const directories = found.filter((one) => isWatched(one, tools)).map(({ directory }) => directory);
  const reason = `${key} forgot files`;
  if (sweep) await sweepDirectories(tools, { directories, fresh: true, reason });
  const text = [
    `${key}: forgot ${forgotten} (files in the ledger, and failures that were remembered)`,
    ...said(directories, sweep),
    'Files that were archived: dopplershift replay.',
  ];
  return {
    data: { table: key, ...match, forgotten, directories, swept: sweep },
    text: text.join('\n'),
    ok: true,
  };
}

function isWatched({ bucket, directory }: FilesOf, { config }: Toolbox): boolean {
  return bucket === config.s3.bucket && directory.startsWith(config.s3.prefix);
}

function said(directories: readonly string[], sweep: boolean): string[] {
  if (directories.length === 0) return [];
  const shown = directories.slice(0, SHOWN_MAX);
  const more = directories.length - shown.length;
  const rest = more > 0 ? [`  … and ${more} more`] : [];
  const lines = shown.map((directory) =>
    sweep ? `  ${directory}` : `  dopplershift sweep ${quoted(directory)} --fresh`,
  );
  const head = sweep
    ? 'Asked the watcher to announce what is still there, in'
    : 'What is still there is announced within watcher.reannounceAfterMs, or now with';
  return [head, ...lines, ...rest];
}

/** As a shell takes it literally. */
function quoted(directory: string): string {
  return `'${directory.replaceAll("'", "'\\''")}'`;
}
