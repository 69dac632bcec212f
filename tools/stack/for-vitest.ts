/** The globalSetup of the project `real`: vitest runs it only when one of its specs is selected. */
import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { clearRun } from './places-of-a-spec.ts';
import { findSharedStack } from './shared-stack.ts';
import { startStack, type StackEndpoints } from './start-stack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    stackEndpoints: StackEndpoints;
    /** what the names of everything made by this run start with: letters and digits */
    stackRun: string;
  }
}

let stop: () => Promise<void>;

export async function setup(project: TestProject): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const run = `run${randomBytes(4).toString('hex')}`;
  const endpoints = (await useSharedStack(run)) ?? (await startOwnStack());
  project.provide('stackEndpoints', endpoints);
  project.provide('stackRun', run);
}

export function teardown(): Promise<void> {
  return stop();
}

async function useSharedStack(run: string): Promise<StackEndpoints | undefined> {
  const endpoints = await findSharedStack();
  if (endpoints) stop = () => clearRun(endpoints, run);
  return endpoints;
}

async function startOwnStack(): Promise<StackEndpoints> {
  const stack = await startStack();
  stop = stack.stop;
  return stack.endpoints;
}
