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

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const run = `run${randomBytes(4).toString('hex')}`;
  const shared = await findSharedStack();
  const own = shared ? undefined : await startStack();
  const endpoints = shared ?? own?.endpoints;
  if (!endpoints) throw new Error('there is no stack');
  project.provide('stackEndpoints', endpoints);
  project.provide('stackRun', run);
  return () => (own ? own.stop() : clearRun(endpoints, run));
}
