/** For specs only: it needs vitest. Tools take the stack from `#stack`. */
export * from './builders.ts';
export * from './fresh.ts';
