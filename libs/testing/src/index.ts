/** For specs only: it needs vitest. Tools take the stack from `#stack`. */
export * from './builders.ts';
export { faultProxy } from './fault-proxy.ts';
export type { Fault, FaultProxy, FaultRule } from './fault-proxy.ts';
export * from './fresh.ts';
export { registryServer } from './registry-server.ts';
export type { RegistryServer } from './registry-server.ts';
export { selfSigned } from './self-signed.ts';
export type { SelfSigned } from './self-signed.ts';
