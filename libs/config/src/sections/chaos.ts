import { TRIP_POINTS } from '#contracts';
import { fraction, integer, optionalChoice } from '../option.ts';

/** For chaos runs only, and therefore not in docs/configuration.md. */
export const CHAOS_OPTIONS = {
  trip: optionalChoice({
    of: TRIP_POINTS,
    otherwise: 'never',
    description: 'The place where the process kills itself.',
  }),
  probability: fraction({ default: 1, description: 'How often it does so when it comes by.' }),
  freezeMs: integer({
    min: 0,
    max: 60_000,
    default: 0,
    description: 'How long it stands still there instead, holding what it holds; 0: it dies.',
  }),
  seed: integer({ min: 0, max: 4_294_967_295, default: 1, description: 'Makes the chance repeatable.' }),
};
