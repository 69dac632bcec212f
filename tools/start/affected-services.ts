import type { ServiceName } from '../fleet/service-process.ts';

const SERVICES: readonly ServiceName[] = ['watcher', 'loader', 'cleaner'];

/** Which services run code of these files: an app runs its own, all of them run the libs; no spec is run. */
export function affectedServices(paths: readonly string[]): readonly ServiceName[] {
  const product = paths.filter((path) => !path.endsWith('.spec.ts'));
  if (product.some((path) => path.startsWith('libs/') && !path.startsWith('libs/testing/'))) return SERVICES;
  return SERVICES.filter((name) => product.some((path) => path.startsWith(`apps/${name}/`)));
}
