import type { Setting } from './setting.ts';

const from = 'default of the local stack';

/** The bucket and the warehouse of docker-compose.yml on this machine. */
const LOCAL_STACK: readonly Setting[] = [
  { path: ['s3', 'bucket'], value: 'dopplershift', from },
  { path: ['s3', 'endpoint'], value: 'http://localhost:7070', from },
  { path: ['s3', 'accessKeyId'], value: 'local-access', from },
  { path: ['s3', 'secretAccessKey'], value: 'local-secret', from },
  {
    path: ['warehouses', 'main', 'url'],
    value: 'postgres://postgres:local-postgres@localhost:5432/warehouse',
    from,
  },
];

/**
 * What holds without a file, section by section: where the environment sets anything of a section, it says
 * all of it. Otherwise a bucket at AWS would be looked for at localhost, and a warehouse that nobody has
 * would be pinged.
 */
export function localStack(environment: readonly Setting[]): readonly Setting[] {
  const spoken = new Set(environment.map(({ path: [section] }) => section));
  return LOCAL_STACK.filter(({ path: [section] }) => !spoken.has(section));
}
