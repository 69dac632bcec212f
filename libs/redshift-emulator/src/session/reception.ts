import type { Socket } from 'node:net';
import type { House } from '../house.ts';
import { planScript } from '../statements/plan-script.ts';
import { AUTHENTICATION, passwordAuthenticator } from '../wire/authenticate.ts';
import type { Authenticator } from '../wire/authenticate.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { cancelOnBackend, nextFrame, openBackend } from '../wire/open-backend.ts';
import type { OpenBackend } from '../wire/open-backend.ts';
import { errorResponse, StatementError } from '../wire/server-message.ts';
import { frame, readyForQuery } from '../wire/write-frame.ts';
import { backendParameters } from './backend-parameters.ts';
import { ClientLine } from './client-line.ts';
import { reportedParameter } from './for-client.ts';
import { readStartup } from './read-startup.ts';
import type { Startup } from './read-startup.ts';
import { Session } from './session.ts';

/** until somebody who has connected has logged in */
const GREETING_TIMEOUT_MS = 60_000;

type Beginning = Extract<Startup, { kind: 'Session' }>;

/** Lets clients in: greets them, takes them to a backend of their own, and keeps the list of who is here. */
export class Reception {
  readonly #house: House;
  readonly #sessions = new Map<string, Session>();
  readonly #sockets = new Set<Socket>();

  constructor(house: House) {
    this.#house = house;
  }

  async receive(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.setTimeout(GREETING_TIMEOUT_MS, () => socket.destroy());
    try {
      const splitter = new FrameSplitter('startup');
      const startup = await readStartup(socket, splitter);
      if (startup.kind === 'Cancel') await this.#cancel(startup.key, socket);
      else await this.#serve(startup, socket, splitter);
    } catch (thrown) {
      this.#sendAway(socket, thrown);
    }
  }

  close(): void {
    for (const session of this.#sessions.values()) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #serve(startup: Beginning, socket: Socket, splitter: FrameSplitter): Promise<void> {
    const house = this.#house;
    const database = startup.parameters.get('database') ?? house.address.database;
    splitter.beginSession();
    await house.side.prepare(database);
    const backend = await this.#openFor(startup, { database, socket, splitter });
    socket.setTimeout(0);
    const client = new ClientLine(socket);
    const who = { pid: backend.key.readInt32BE(0), user: this.#userOf(startup), database };
    const session = new Session(client, backend, who, {
      plan: (sql) => planScript(sql, house),
      faults: house.faults,
      isolation: house.isolation,
      log: house.log,
    });
    const key = backend.key.toString('hex');
    this.#sessions.set(key, session);
    socket.once('close', () => session.leave());
    try {
      greet(client, startup, backend);
      await converse(session, socket, splitter);
    } finally {
      this.#sessions.delete(key);
      session.leave();
      client.end();
    }
  }

  #userOf(startup: Beginning): string {
    const { login, address } = this.#house;
    return login === 'trust' ? address.user : (startup.parameters.get('user') ?? address.user);
  }

  #openFor(
    startup: Beginning,
    at: { readonly database: string; readonly socket: Socket; readonly splitter: FrameSplitter },
  ): Promise<OpenBackend> {
    const { address, login, isolation } = this.#house;
    const user = this.#userOf(startup);
    const as = { user, database: at.database, isolation };
    const parameters = backendParameters(startup.parameters, as);
    const authenticate =
      login === 'trust' ? passwordAuthenticator(user, address.password) : relayed(at.socket, at.splitter);
    return openBackend({ address, parameters, authenticate });
  }

  /** Like PostgreSQL, without an answer, whether there was something to cancel or not. */
  async #cancel(key: Buffer, socket: Socket): Promise<void> {
    const session = this.#sessions.get(key.toString('hex'));
    if (session) {
      session.cancel();
      await cancelOnBackend(this.#house.address, key);
    }
    socket.end();
  }

  #sendAway(socket: Socket, thrown: unknown): void {
    const problem =
      thrown instanceof StatementError
        ? { ...thrown.problem, severity: 'FATAL' as const }
        : { sqlState: '08006', message: 'the session failed in the emulator', severity: 'FATAL' as const };
    if (!(thrown instanceof StatementError)) this.#house.log.warn({ error: thrown }, 'a session failed');
    if (!socket.destroyed) socket.end(errorResponse(problem));
  }
}

/** The client answers the backend's requests itself. */
function relayed(socket: Socket, splitter: FrameSplitter): Authenticator {
  return async (request) => {
    socket.write(frame('R', { bytes: request }));
    if (request.readInt32BE(0) === AUTHENTICATION.saslFinal) return undefined;
    return (await nextFrame(socket, splitter)).bytes;
  };
}

function greet(client: ClientLine, { tooNew }: Beginning, backend: OpenBackend): void {
  if (tooNew) {
    const names = tooNew.map((text) => ({ text }));
    client.write(frame('v', { int32: 3 << 16 }, { int32: tooNew.length }, ...names));
  }
  client.write(frame('R', { int32: AUTHENTICATION.ok }));
  for (const [name, value] of backend.parameters) {
    const report = reportedParameter(name, value);
    if (report) client.write(report);
  }
  client.write(frame('K', { bytes: backend.key }));
  client.write(readyForQuery('I'));
}

/** Hears the client out, until one of them goes. */
async function converse(session: Session, socket: Socket, splitter: FrameSplitter): Promise<void> {
  for (;;) {
    for (let next = splitter.next(); next; next = splitter.next()) if (!(await session.handle(next))) return;
    const chunk = await nextChunk(socket);
    if (chunk === undefined) return;
    splitter.add(chunk);
  }
}

function nextChunk(socket: Socket): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const settle = (): void => {
      const chunk: unknown = socket.read();
      const isOver = socket.readableEnded || socket.destroyed;
      if (!Buffer.isBuffer(chunk) && !isOver) return;
      for (const event of ['readable', 'end', 'close']) socket.off(event, settle);
      resolve(Buffer.isBuffer(chunk) ? chunk : undefined);
    };
    for (const event of ['readable', 'end', 'close']) socket.on(event, settle);
    settle();
  });
}
