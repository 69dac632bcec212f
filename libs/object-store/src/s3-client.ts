import { S3Client } from '@aws-sdk/client-s3';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { Log } from '#contracts';
import type { S3Settings } from './s3-options.ts';

/**
 * What a socket may hold before it is paused. The default of 64 KiB makes a fast download stop and start
 * for every read of the socket.
 */
const SOCKET_BUFFER_BYTES = 1024 * 1024;

export type Connections = {
  readonly socketsMax: number;
  /** how long a socket may be silent in the middle of an answer, ms; 0: whoever reads the body watches it */
  readonly silenceMs: number;
};

/** A client with its own connections. */
export function s3Client(settings: S3Settings, connections: Connections, log: Log): S3Client {
  return withoutVersionWarning(() => new S3Client(clientConfig(settings, connections, log)));
}

function clientConfig(settings: S3Settings, connections: Connections, log: Log): S3ClientConfig {
  const { socketsMax, silenceMs } = connections;
  const agent = { keepAlive: true, maxSockets: socketsMax, highWaterMark: SOCKET_BUFFER_BYTES };
  const logger = loggerOf(log);
  return {
    region: settings.region,
    forcePathStyle: settings.forcePathStyle,
    followRegionRedirects: settings.endpoint === undefined,
    ...(settings.endpoint !== undefined && { endpoint: settings.endpoint }),
    ...credentialsOf(settings),
    maxAttempts: settings.attemptsMax,
    // Several stores refuse or mangle checksum trailers (dependencies.md, S3 servers), and checking the
    // answer's would put a hash between the socket and the COPY; TLS and content-length guard the way.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // a second connection per upload for the sake of bodies over 2 MB, which we hold in memory anyway
    expectContinueHeader: false,
    logger,
    requestHandler: {
      connectionTimeout: settings.connectTimeoutMs,
      requestTimeout: settings.requestTimeoutMs,
      throwOnRequestTimeout: true,
      socketTimeout: silenceMs,
      httpAgent: agent,
      httpsAgent: agent,
      logger,
    },
  };
}

function credentialsOf(settings: S3Settings): Pick<S3ClientConfig, 'credentials'> {
  const { accessKeyId, secretAccessKey, sessionToken } = settings;
  if (accessKeyId === undefined || secretAccessKey === undefined) return {};
  const pair = { accessKeyId, secretAccessKey: secretAccessKey.reveal() };
  return { credentials: sessionToken ? { ...pair, sessionToken: sessionToken.reveal() } : pair };
}

/**
 * Only sentences of warning: the SDK tells `info` about every request and `error` about every failed one, as
 * objects with what was sent; a failure is thrown as well, and told by whoever catches it.
 */
function loggerOf(log: Log): NonNullable<S3ClientConfig['logger']> {
  const nothing = (): void => undefined;
  const warn = (...said: unknown[]): void => {
    if (typeof said[0] === 'string') log.warn({}, `s3: ${said[0]}`);
  };
  return { trace: nothing, debug: nothing, info: nothing, warn, error: warn };
}

const VERSION_WARNING = 'NodeVersionSupportWarning';

/**
 * The SDK warns on Node 20 of its support's end in 2027, on every start of every process; package.json pins
 * a version from before. Its switch is an environment variable, which a library has no business setting.
 */
export function withoutVersionWarning<T>(make: () => T): T {
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was, and called on process
  const warn = process.emitWarning;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (!String(warning).startsWith(VERSION_WARNING)) Reflect.apply(warn, process, [warning, ...rest]);
  };
  try {
    return make();
  } finally {
    process.emitWarning = warn;
  }
}
