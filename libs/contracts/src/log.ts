/**
 * The narrow log that libs know; `libs/service` gives them a structured one. Fields first, sentence second.
 */
export type Log = {
  readonly debug: (fields: Record<string, unknown>, sentence: string) => void;
  readonly info: (fields: Record<string, unknown>, sentence: string) => void;
  readonly warn: (fields: Record<string, unknown>, sentence: string) => void;
  readonly error: (fields: Record<string, unknown>, sentence: string) => void;
};

const nothing = (): void => undefined;
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
