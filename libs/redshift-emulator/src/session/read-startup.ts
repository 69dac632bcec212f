import type { Socket } from 'node:net';
import type { FrameSplitter } from '../wire/frame-splitter.ts';
import { nextFrame } from '../wire/open-backend.ts';
import { BodyReader } from '../wire/read-body.ts';
import { StatementError } from '../wire/server-message.ts';

/** How a connection begins (Postgres manual §55.2.1). */
export type Startup =
  | {
      readonly kind: 'Session';
      readonly parameters: ReadonlyMap<string, string>;
      /** what the client wishes beyond protocol 3.0: it is told that we do not have it */
      readonly tooNew: readonly string[] | undefined;
    }
  | { readonly kind: 'Cancel'; readonly key: Buffer };

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;
/** SSL, then GSS, then the real thing; more is nobody's way to begin */
const REQUESTS_MAX = 4;

/** @throws StatementError 08P01 for what is not the protocol's version 3 */
export async function readStartup(socket: Socket, splitter: FrameSplitter): Promise<Startup> {
  for (let asked = 0; asked < REQUESTS_MAX; asked++) {
    const { body } = await nextFrame(socket, splitter);
    const reader = new BodyReader(body);
    const code = reader.int32();
    if (code === CANCEL_REQUEST) return { kind: 'Cancel', key: Buffer.from(reader.rest()) };
    if (code === SSL_REQUEST || code === GSS_REQUEST) socket.write('N');
    else return readSession(code, reader);
  }
  throw refusal('too many requests before the startup message');
}

function readSession(version: number, reader: BodyReader): Startup {
  const [major, minor] = [version >>> 16, version & 0xffff];
  if (major !== 3)
    throw refusal(`unsupported frontend protocol ${major}.${minor}: server supports 3.0 to 3.0`);
  const parameters = new Map<string, string>();
  for (let name = reader.text(); name !== ''; name = reader.text()) parameters.set(name, reader.text());
  if (!parameters.has('user')) throw refusal('no PostgreSQL user name specified in startup packet');
  const extensions = [...parameters.keys()].filter((name) => name.startsWith('_pq_.'));
  for (const name of extensions) parameters.delete(name);
  const tooNew = minor > 0 || extensions.length > 0 ? extensions : undefined;
  return { kind: 'Session', parameters, tooNew };
}

function refusal(message: string): StatementError {
  return new StatementError({ sqlState: '08P01', message, severity: 'FATAL' });
}
