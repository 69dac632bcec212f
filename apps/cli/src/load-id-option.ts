import type { LoadId } from '#contracts';
import { parseLoadId } from '#contracts';
import { UsageError } from './usage-error.ts';

/** @throws UsageError */
export function readLoadId(text: string): LoadId {
  try {
    return parseLoadId(text);
  } catch {
    throw new UsageError(
      `${JSON.stringify(text)} is no load id: 32 hexadecimal digits, as status shows them`,
    );
  }
}
