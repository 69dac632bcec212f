export * from './copy-feed.ts';
export type * from './copy-options.ts';
export type { CopyOptionProblem } from './options/option-cursor.ts';
export { parseCopyOptions } from './options/parse-copy-options.ts';
export type { ParsedCopyOptions } from './options/parse-copy-options.ts';
export { printCopyOptions } from './options/print-copy-options.ts';
export { stripCredentials } from './options/strip-credentials.ts';
export { startCopyRun } from './start-copy-run.ts';
export { jsonPathsUrl } from './unsupported-options.ts';
