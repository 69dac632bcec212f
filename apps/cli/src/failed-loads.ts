import type { FailureCode, LoadId } from '#contracts';
import { statusOf } from '#history';
import type { History } from '#history';

export type FailedLoad = {
  readonly loadId: LoadId;
  readonly key: string;
  readonly code: FailureCode;
  readonly message: string;
  readonly remedy: string;
  readonly source: string;
};

/** Loads of which the last word is a failure; one that was asked for again meanwhile is not here. */
export function failedLoads(history: History, keys?: ReadonlySet<string>): readonly FailedLoad[] {
  return [...history.loads].flatMap((record) => {
    const status = statusOf(record);
    if (status.kind !== 'failed' || !(keys?.has(record.key) ?? true)) return [];
    const { code, message, remedy } = status;
    const source = record.failed?.source.name ?? '';
    return [{ loadId: record.loadId, key: record.key, code, message, remedy, source }];
  });
}
