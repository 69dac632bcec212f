import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Gives `target` the content that `make` produces, made once and copied from then on. A target that exists
 * stays as it is: it holds the data of an earlier run.
 * @param make fills the directory whose path it is given; the directory does not exist before
 */
export async function copyOfTemplate(
  template: string,
  target: string,
  make: (directory: string) => Promise<void>,
): Promise<void> {
  if (existsSync(target)) return;
  if (!existsSync(template)) await makeTemplate(template, make);
  await mkdir(dirname(target), { recursive: true });
  // cp -a and not fs.cp: owners and modes must stay, the database checks them
  await run('cp', ['-a', template, target]);
}

/** Renamed when whole, so that two stacks that start at once, or a killed one, leave no half template. */
async function makeTemplate(template: string, make: (directory: string) => Promise<void>): Promise<void> {
  const partial = `${template}.${randomUUID()}`;
  await mkdir(dirname(template), { recursive: true });
  try {
    await make(partial);
    await rename(partial, template).catch((error: unknown) => {
      if (!existsSync(template)) throw error; // otherwise another start was faster
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
