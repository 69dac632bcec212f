import type { LoggerService } from '@nestjs/common';
import type { Log } from '#contracts';

/** Nest's own messages in our log: its start-up chatter is debug, its complaints keep their level. */
export function nestLog(log: Log): LoggerService {
  const fields = (context: unknown[]) => ({
    nest: context.filter((part) => typeof part === 'string').join(' '),
  });
  return {
    log: (message: unknown, ...context: unknown[]) => log.debug(fields(context), String(message)),
    debug: (message: unknown, ...context: unknown[]) => log.debug(fields(context), String(message)),
    verbose: (message: unknown, ...context: unknown[]) => log.debug(fields(context), String(message)),
    warn: (message: unknown, ...context: unknown[]) => log.warn(fields(context), String(message)),
    error: (message: unknown, ...context: unknown[]) => log.error(fields(context), String(message)),
    fatal: (message: unknown, ...context: unknown[]) => log.error(fields(context), String(message)),
  };
}
