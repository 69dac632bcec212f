import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Authenticator } from './authenticate.ts';
import { AUTHENTICATION } from './authenticate.ts';
import type { BackendAddress } from './backend-address.ts';
import { FrameSplitter } from './frame-splitter.ts';
import type { Frame } from './frame-splitter.ts';
import { BodyReader } from './read-body.ts';
import { problemOf, readMessageFields, StatementError } from './server-message.ts';
import { bareFrame } from './write-frame.ts';

/** Protocol 3.0: what every PostgreSQL since 7.4 and Redshift speak. */
const PROTOCOL = 3 << 16;
const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;
const LOGIN_TIMEOUT_MS = 30_000;

/** A connection to the backend that has logged in and waits for its first statement. */
export type OpenBackend = {
  readonly socket: Socket;
  readonly splitter: FrameSplitter;
  /** what the server reported of itself */
  readonly parameters: ReadonlyMap<string, string>;
  /** the body of BackendKeyData: process id, then the secret */
  readonly key: Buffer;
};

export type Login = {
  readonly address: BackendAddress;
  /** of the startup message: user, database, application_name, … */
  readonly parameters: ReadonlyMap<string, string>;
  readonly authenticate: Authenticator;
};

/** @throws StatementError with the server's own words, or 08006 when it cannot be reached */
export async function openBackend({ address, parameters, authenticate }: Login): Promise<OpenBackend> {
  const socket = await reach(address);
  try {
    const fields = [...parameters].flatMap(([name, value]) => [{ text: name }, { text: value }]);
    socket.write(bareFrame({ int32: PROTOCOL }, ...fields, { bytes: Buffer.alloc(1) }));
    return await logIn(socket, authenticate);
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
}

async function reach(address: BackendAddress): Promise<Socket> {
  try {
    return await connected(address);
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer';
    throw lost(`the backend at ${address.host}:${address.port} cannot be reached: ${why}`, cause);
  }
}

async function connected({ host, port, tls }: BackendAddress): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect', { signal: AbortSignal.timeout(LOGIN_TIMEOUT_MS) });
  if (tls === 'none') return socket;
  socket.write(bareFrame({ int32: SSL_REQUEST }));
  const [answer] = await once(socket, 'data');
  if (String(answer) !== 'S') throw new Error('it does not speak TLS');
  const secured = connectTls({ socket, servername: host, rejectUnauthorized: tls === 'verified' });
  await once(secured, 'secureConnect');
  return secured;
}

async function logIn(socket: Socket, authenticate: Authenticator): Promise<OpenBackend> {
  const splitter = new FrameSplitter('session');
  const parameters = new Map<string, string>();
  let key = Buffer.alloc(0);
  socket.setTimeout(LOGIN_TIMEOUT_MS, () => socket.destroy());
  for (;;) {
    const message = await nextFrame(socket, splitter);
    const reader = new BodyReader(message.body);
    if (message.type === 'Z') break;
    if (message.type === 'K') key = Buffer.from(message.body);
    if (message.type === 'S') parameters.set(reader.text(), reader.text());
    if (message.type === 'E')
      throw new StatementError({ ...problemOf(readMessageFields(message.body)), severity: 'FATAL' });
    if (message.type === 'R' && reader.int32() !== AUTHENTICATION.ok) {
      const answer = await authenticate(message.body);
      if (answer) socket.write(answer);
    }
  }
  socket.setTimeout(0);
  socket.removeAllListeners('timeout');
  return { socket, splitter, parameters, key };
}

/** Reads by `read()`, so that nothing is lost between the login and whoever listens afterwards. */
export async function nextFrame(socket: Socket, splitter: FrameSplitter): Promise<Frame> {
  for (;;) {
    const message = splitter.next();
    if (message) return message;
    const chunk: unknown = socket.read();
    if (Buffer.isBuffer(chunk)) splitter.add(chunk);
    else if (socket.readableEnded || socket.destroyed) throw lost('the connection ended during the login');
    else await readableOrOver(socket);
  }
}

async function readableOrOver(socket: Socket): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([
      once(socket, 'readable', { signal }),
      once(socket, 'end', { signal }),
      once(socket, 'close', { signal }),
    ]);
  } catch (cause) {
    throw lost('the connection broke during the login', cause);
  } finally {
    settled.abort();
  }
}

/** Asks the backend to cancel what the session with this key is doing; there is never an answer. */
export async function cancelOnBackend(address: BackendAddress, key: Buffer): Promise<void> {
  const socket = await reach(address);
  const closed = once(socket, 'close');
  socket.on('error', () => undefined);
  socket.end(bareFrame({ int32: CANCEL_REQUEST }, { bytes: key }));
  socket.resume();
  await closed;
}

function lost(message: string, cause?: unknown): StatementError {
  return new StatementError({ sqlState: '08006', message, severity: 'FATAL' }, { cause });
}
