import type { Secret } from '#contracts';

export type S3Options = {
  /** absent: Amazon's own, by region */
  readonly endpoint?: string | undefined;
  readonly region: string;
  /** true: the bucket is in the path, as most stores that are not Amazon's want it */
  readonly forcePathStyle: boolean;
  /** both absent: the default AWS chain (environment, profile, container, instance) */
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: Secret | undefined;
  readonly sessionToken?: Secret | undefined;
  /** of the objects that we write, e.g. `AES256` or `aws:kms` */
  readonly serverSideEncryption?: string | undefined;
  readonly connectTimeoutMs?: number | undefined;
  /** until the head of the answer has come; a body may take as long as it likes, see stallTimeoutMs */
  readonly requestTimeoutMs?: number | undefined;
  /** how long a body may send nothing while it is waited for */
  readonly stallTimeoutMs?: number | undefined;
  /** tries of one request, the first included; longer patience is the lane's */
  readonly attemptsMax?: number | undefined;
  /** connections for short requests */
  readonly socketsMax?: number | undefined;
  /**
   * connections for bodies that are being read, apart from the others so that long reads do not starve them
   */
  readonly streamsMax?: number | undefined;
  /** bytes from which a copy is made in parts; S3 takes at most 5 GB in one piece */
  readonly copyPartBytes?: number | undefined;
};

export const S3_DEFAULTS = {
  connectTimeoutMs: 3_000,
  requestTimeoutMs: 20_000,
  stallTimeoutMs: 30_000,
  attemptsMax: 3,
  socketsMax: 64,
  streamsMax: 128,
  copyPartBytes: 1024 * 1024 * 1024,
} as const;

/** The options with nothing left open that has a default. */
export type S3Settings = Omit<S3Options, keyof typeof S3_DEFAULTS> & Record<keyof typeof S3_DEFAULTS, number>;

export function withDefaults(options: S3Options): S3Settings {
  return {
    ...options,
    connectTimeoutMs: options.connectTimeoutMs ?? S3_DEFAULTS.connectTimeoutMs,
    requestTimeoutMs: options.requestTimeoutMs ?? S3_DEFAULTS.requestTimeoutMs,
    stallTimeoutMs: options.stallTimeoutMs ?? S3_DEFAULTS.stallTimeoutMs,
    attemptsMax: options.attemptsMax ?? S3_DEFAULTS.attemptsMax,
    socketsMax: options.socketsMax ?? S3_DEFAULTS.socketsMax,
    streamsMax: options.streamsMax ?? S3_DEFAULTS.streamsMax,
    copyPartBytes: options.copyPartBytes ?? S3_DEFAULTS.copyPartBytes,
  };
}
