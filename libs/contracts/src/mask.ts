import type { Secret } from './secret.ts';

/** Secrets shorter than this are left alone: masking `a` would only make the text unreadable. */
const SECRET_LENGTH_MIN = 4;

/**
 * Replaces each secret, as it is and as JSON or a url would spell it, by `***`. The last step before text
 * leaves the process, because an error may carry one from a place nobody thought of.
 */
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
