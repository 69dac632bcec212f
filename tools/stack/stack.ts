/** The door of the stack, reached as `#stack`. */
export { clearRun, createBucket, createDatabase } from './places-of-a-spec.ts';
export { findSharedStack, shareStack } from './shared-stack.ts';
export * from './start-stack.ts';
