import { Secret } from '#contracts';
import { startEmulator } from '#redshift-emulator';
import type { Emulator } from '#redshift-emulator';
import type { StackEndpoints } from '#testing';
import type { Settings } from '../tools/fleet/fleet.ts';

/** Whether the stories of this run are on Redshift. */
export const ON_REDSHIFT = process.env['DIALECT'] === 'redshift';

/** A loader that believes in Redshift: the emulator stands in front of the story's database. */
export type RedshiftForSpecs = {
  readonly emulator: Emulator;
  /** with the warehouse `main` in it */
  readonly settings: Settings;
};

type Place = { readonly databaseUrl: string; readonly endpoints: StackEndpoints };

/** @param settings of the story, whose S3 the emulator reads as the services do */
export async function redshiftFor(
  { databaseUrl, endpoints }: Place,
  settings: Settings = {},
): Promise<RedshiftForSpecs> {
  const { s3 } = endpoints;
  const endpoint = settings['s3']?.['endpoint'];
  const emulator = await startEmulator({
    backendUrl: new Secret(databaseUrl),
    s3: {
      ...s3,
      ...(typeof endpoint === 'string' && { endpoint }),
      secretAccessKey: new Secret(s3.secretAccessKey),
      forcePathStyle: true,
    },
  });
  const main = {
    ...mainOf(settings),
    url: emulator.url,
    dialect: 'redshift',
    iamRole: 'arn:aws:iam::1:role/load',
  };
  return { emulator, settings: { ...settings, warehouses: { ...settings['warehouses'], main } } };
}

/**
 * With DIALECT=redshift (`npm run soak`) the stories are on Redshift, all but those that are about the
 * warehouse's url and say one of their own.
 */
export async function warehouseFor(place: Place, settings: Settings) {
  const url = mainOf(settings)['url'];
  const isTheirs = url !== undefined && url !== place.databaseUrl;
  if (!ON_REDSHIFT || isTheirs) return { settings, close: () => Promise.resolve() };
  const redshift = await redshiftFor(place, settings);
  return { settings: redshift.settings, close: redshift.emulator.close };
}

function mainOf(settings: Settings): Readonly<Record<string, unknown>> {
  const main = settings['warehouses']?.['main'];
  return typeof main === 'object' && main !== null ? { ...main } : {};
}
