import { createHash } from 'node:crypto';
import type { Secret } from '#contracts';
import { BodyReader } from './read-body.ts';
import { ScramClient } from './scram.ts';
import { frame } from './write-frame.ts';

/** Answers a request for authentication; `undefined` where none is expected. */
export type Authenticator = (request: Buffer) => Promise<Buffer | undefined>;

/** The requests of the server by their number (Postgres manual §55.7, Authentication…). */
export const AUTHENTICATION = {
  ok: 0,
  cleartext: 3,
  md5: 5,
  sasl: 10,
  saslContinue: 11,
  saslFinal: 12,
} as const;

/** The emulator logs in by itself. @throws RangeError when the server wants what it does not know */
export function passwordAuthenticator(user: string, password: Secret | undefined): Authenticator {
  const scram = new ScramClient();
  const word = password?.reveal() ?? '';
  return async (request) => {
    const reader = new BodyReader(request);
    const kind = reader.int32();
    if (kind === AUTHENTICATION.cleartext) return frame('p', { text: word });
    if (kind === AUTHENTICATION.md5) return frame('p', { text: md5Answer(user, word, reader.take(4)) });
    if (kind === AUTHENTICATION.sasl) return startScram(reader, scram);
    const said = reader.rest().toString('utf8');
    if (kind === AUTHENTICATION.saslContinue)
      return frame('p', { bytes: Buffer.from(await scram.final(said, word)) });
    if (kind !== AUTHENTICATION.saslFinal)
      throw new RangeError(`the backend wants authentication method ${kind}, which is not known here`);
    if (scram.trusts(said)) return undefined;
    throw new RangeError('the backend does not prove that it knows the password');
  };
}

function startScram(reader: BodyReader, scram: ScramClient): Buffer {
  const offered: string[] = [];
  while (!reader.atEnd) offered.push(reader.text());
  if (!offered.includes('SCRAM-SHA-256'))
    throw new RangeError(`the backend offers ${offered.join(' ')}, not SCRAM-SHA-256`);
  const first = Buffer.from(scram.first());
  return frame('p', { text: 'SCRAM-SHA-256' }, { int32: first.length }, { bytes: first });
}

function md5Answer(user: string, password: string, salt: Buffer): string {
  const inner = md5(Buffer.from(password + user));
  return `md5${md5(Buffer.concat([Buffer.from(inner), salt]))}`;
}

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
