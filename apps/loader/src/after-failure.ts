import type { Failure } from '#contracts';

/** How often a load is tried again when its failure is worth a limited number of tries. */
export type RetryLimits = { readonly attemptsMax: number };

/**
 * `again`: the lane tries again after a backoff. `report`: LoadFailed is published and the lane goes on.
 * Unavailable services are waited for without limit, whatever the number of the attempt.
 */
export function afterFailure(failure: Failure, attempt: number, limits: RetryLimits): 'again' | 'report' {
  switch (failure.retry) {
    case 'unlimited':
      return 'again';
    case 'limited':
      return attempt < limits.attemptsMax ? 'again' : 'report';
    case 'manual':
      return 'report';
  }
}
