/** The closed table of everything that can go wrong with a load, and what to do about it (design §8). */

export type Retry = 'unlimited' | 'limited' | 'manual';

export const FAILURES = {
  'manifest-invalid': {
    retry: 'manual',
    remedy: 'Correct the manifest and upload it again; every problem found is listed.',
  },
  'warehouse-unknown': {
    retry: 'manual',
    remedy: 'Name a warehouse of the configuration, or add this one to it.',
  },
  unavailable: {
    retry: 'unlimited',
    remedy: 'Nothing to do: the load goes on when the service answers again.',
  },
  'access-denied': { retry: 'manual', remedy: 'Grant the missing permission, then: dopplershift retry.' },
  'file-missing': { retry: 'manual', remedy: 'Upload the file again; it is loaded as a new version.' },
  'file-changed': {
    retry: 'manual',
    remedy: 'Nothing to do: the newer version of the file is announced and loaded.',
  },
  'file-unreadable': {
    retry: 'manual',
    remedy: 'Check the compression option against the file, and upload the file again.',
  },
  'options-invalid': { retry: 'manual', remedy: 'Correct the COPY options of the manifest.' },
  'copy-rejected': {
    retry: 'manual',
    remedy: 'Correct the rows listed and upload the file again, or allow rejects with MAXERROR.',
  },
  'schema-mismatch': {
    retry: 'manual',
    remedy: 'Make the columns of the manifest, the file and the table agree, then: dopplershift retry.',
  },
  'constraint-violated': {
    retry: 'manual',
    remedy: 'The rows break a constraint of the table; correct either, then: dopplershift retry.',
  },
  'stale-data': {
    retry: 'manual',
    remedy: 'The table holds newer data; use force to load older data all the same.',
  },
  'serialization-conflict': {
    retry: 'limited',
    remedy: 'Another session changed the same rows; retry when it is done.',
  },
  'load-timeout': {
    retry: 'limited',
    remedy: 'Raise :execute-opts :timeout-millis, or load smaller batches.',
  },
  'inline-url-refused': {
    retry: 'manual',
    remedy: 'Use :database, or allow inline urls with manifests.allowInlineUrls: true.',
  },
  internal: {
    retry: 'limited',
    remedy: 'This is a defect of dopplershift; report it with the load id and the log.',
  },
} as const satisfies Record<string, { readonly retry: Retry; readonly remedy: string }>;

export type FailureCode = keyof typeof FAILURES;

/** One row that the warehouse or the COPY engine refused. Never a cell value unless configured. */
export type RejectedRow = {
  /** `s3://bucket/key` */
  readonly file: string;
  /** from 1; the line the row starts on (JSON: the last line of the object) */
  readonly line: number;
  readonly column?: string;
  readonly reason: string;
  /** 1201–1224, reference/redshift-copy.md §5 */
  readonly copyError?: number;
  /** the beginning of the row; only with `loader.showRejectedValues` */
  readonly raw?: string;
};

export type FailureDetails = {
  readonly rejected?: readonly RejectedRow[];
  readonly cause?: unknown;
  /** replaces the table's remedy where a more exact one is known */
  readonly remedy?: string;
  /**
   * `group`: everything behind the same service fails alike, so the circuit of the lane's slot group opens.
   * `lane`: only this key is concerned, e.g. its fence is held. Default: `group` for unavailable, else
   * `lane`.
   */
  readonly scope?: FailureScope;
};

export type FailureScope = 'lane' | 'group';

/** An expected failure on its way to the lane, which decides between another try and LoadFailed. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly rejected: readonly RejectedRow[];
  readonly remedy: string;
  readonly scope: FailureScope;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Failure';
    this.code = code;
    this.rejected = details.rejected ?? [];
    this.remedy = details.remedy ?? FAILURES[code].remedy;
    this.scope = details.scope ?? (code === 'unavailable' ? 'group' : 'lane');
  }

  get retry(): Retry {
    return FAILURES[this.code].retry;
  }
}

/**
 * Anything thrown, as a Failure: what nobody expected is `internal`, so that it is reported, not swallowed.
 */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Failure('internal', message, { cause: thrown });
}
