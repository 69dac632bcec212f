import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../../' : '../../', import.meta.url),
);

export type CliAnswer = { readonly code: number; readonly out: string; readonly err: string };

/** Runs the built command line to its end, as a person would. */
export async function runCli(
  args: readonly string[],
  options: { readonly config?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CliAnswer> {
  const config = options.config === undefined ? [] : ['--config', options.config];
  const child = spawn(process.execPath, [`${ROOT}dist/apps/cli/src/main.js`, ...args, ...config], {
    cwd: ROOT,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: Number(code), out, err };
}
