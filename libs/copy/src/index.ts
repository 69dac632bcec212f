export * from './copy-feed.ts';
export type * from './copy-options.ts';
export { DEFAULT_COPY_OPTIONS } from './copy-options.ts';
export { startCopyRun } from './start-copy-run.ts';
