import { pino } from 'pino';
import type { DestinationStream } from 'pino';
import type { Log } from '#contracts';

export type LogOptions = {
  readonly service: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** the last step of every line: an error text may carry a secret from a place nobody thought of */
  readonly hide: (text: string) => string;
};

/** Structured JSON lines on standard output. */
export function createLog(options: LogOptions, destination?: DestinationStream): Log {
  const { hide } = options;
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
