import { pino } from 'pino';
import type { DestinationStream } from 'pino';
import type { Log } from '#contracts';
import { Secret } from '#contracts';

export type LogOptions = {
  readonly service: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** values that must never be printed, wherever they come from (an error text, a url inside a message) */
  readonly secrets: readonly Secret[];
};

/** Secrets shorter than this are left alone: masking `a` would only make the log unreadable. */
const SECRET_LENGTH_MIN = 4;

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

/** Replaces each secret, as it is and as JSON or a url would spell it, by `***`. */
export function maskOf(secrets: readonly Secret[]): (text: string) => string {
  const spellings = new Set(
    secrets
      .map((secret) => secret.reveal())
      .filter((value) => value.length >= SECRET_LENGTH_MIN)
      .flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]),
  );
  const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}
