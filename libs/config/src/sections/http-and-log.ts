import { choice, integer, optionalInteger, text } from '../option.ts';

/**
 * Names such as SERVICE_PORT are left free: Kubernetes sets DOPPLERSHIFT_SERVICE_PORT in every pod beside
 * a service called dopplershift (kubernetes.io/docs/concepts/services-networking/service, Environment
 * variables).
 */
export const SERVICE_OPTIONS = {
  httpHost: text({ default: '0.0.0.0', description: 'The address that health and metrics are served on.' }),
  httpPort: optionalInteger({
    min: 0,
    max: 65_535,
    otherwise: 'watcher `7071`, loader `7072`, cleaner `7073`',
    description: 'The port of health and metrics; 0 takes a free one.',
  }),
  logLevel: choice({
    of: ['debug', 'info', 'warn', 'error'],
    default: 'info',
    description: 'The least important lines that are logged.',
  }),
  summaryIntervalMs: integer({
    min: 0,
    max: 86_400_000,
    default: 60_000,
    description: 'How often a line in the log sums up what was done; 0 turns it off.',
  }),
};
