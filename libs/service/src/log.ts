import { pino } from 'pino';
import type { DestinationStream } from 'pino';
import { maskOf } from '#contracts';
import type { Log, Secret } from '#contracts';

export type LogOptions = {
  readonly service: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** values that must never be printed, wherever they come from (an error text, a url inside a message) */
  readonly secrets: readonly Secret[];
};

/**
 * Structured JSON lines on standard output. Every line passes a mask of the configured secrets as its last
 * step,
 * because an error text may carry one from a place nobody thought of.
 */
export function createLog(options: LogOptions, destination?: DestinationStream): Log {
  const hide = maskOf(options.secrets);
  const sink = destination ?? process.stdout;
  const logger = pino(
    { base: { service: options.service }, level: options.level, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => void sink.write(hide(line)) },
  );
  return {
    debug: (fields, sentence) => logger.debug(fields, sentence),
    info: (fields, sentence) => logger.info(fields, sentence),
    warn: (fields, sentence) => logger.warn(fields, sentence),
    error: (fields, sentence) => logger.error(fields, sentence),
  };
}
