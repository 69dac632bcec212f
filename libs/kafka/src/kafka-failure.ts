import { Failure } from '#contracts';

/** What the broker means, as far as the next step depends on it. */
export type KafkaTrouble =
  /** nobody answers, or answers "later" */
  | 'away'
  /** the login or a permission is missing */
  | 'denied'
  /** this message can never be written */
  | 'refused'
  /** the producer's numbering is broken: only a new producer helps */
  | 'producer-lost';

const DENIED = /AUTHORIZATION_FAILED|SASL|AUTHENTICATION/;
/** Node's codes for a certificate that is not believed. */
const DISTRUSTED = /\b(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;
const REFUSED = /MESSAGE_TOO_LARGE|RECORD_LIST_TOO_LARGE|INVALID_RECORD|INVALID_TOPIC|INVALID_TIMESTAMP/;
const LOST = /OUT_OF_ORDER_SEQUENCE|UNKNOWN_PRODUCER_ID|PRODUCER_EPOCH|PRODUCER_FENCED|INVALID_PRODUCER/;

export function kafkaTrouble(thrown: unknown): KafkaTrouble {
  const said = causes(thrown).join(' ');
  if (DENIED.test(said) || DISTRUSTED.test(said)) return 'denied';
  if (REFUSED.test(said)) return 'refused';
  if (LOST.test(said)) return 'producer-lost';
  return 'away';
}

/** @param deed what failed, e.g. `publishing to load-requested` */
export function kafkaFailure(thrown: unknown, deed: string): Failure {
  if (thrown instanceof Failure) return thrown;
  const because = thrown instanceof Error ? thrown.message : String(thrown);
  const message = `${deed}: ${because}`;
  switch (kafkaTrouble(thrown)) {
    case 'away':
    case 'producer-lost':
      return new Failure('unavailable', message, { cause: thrown, scope: 'lane' });
    case 'denied':
      return new Failure('access-denied', message, { cause: thrown, ...remedyOf(thrown) });
    case 'refused':
      return new Failure('internal', message, { cause: thrown });
  }
}

function remedyOf(thrown: unknown): { readonly remedy?: string } {
  if (!DISTRUSTED.test(causes(thrown).join(' '))) return {};
  return { remedy: 'Correct kafka.ssl and kafka.sslCa, or the certificate of the brokers.' };
}

/** Type, code and name of an error and of what caused it; the client wraps them up to three deep. */
function causes(thrown: unknown): string[] {
  const found: string[] = [];
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    found.push(error.name);
    if ('type' in error && typeof error.type === 'string') found.push(error.type);
    if ('code' in error && typeof error.code === 'string') found.push(error.code);
  }
  return found;
}
