/** The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), as PostgreSQL speaks it (manual §55.3). */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);
/** More would be a server that wants to keep us busy. */
const ITERATIONS_MAX = 10_000_000;
const KEY_BYTES = 32;
/** base64 of `n,,`: no channel binding */
const NO_BINDING = 'biws';

export class ScramClient {
  readonly #nonce: string;
  #serverSignature: Buffer | undefined;

  constructor(nonce: string = randomBytes(18).toString('base64')) {
    this.#nonce = nonce;
  }

  /** PostgreSQL takes the user's name from the startup message and ignores the one here. */
  first(): string {
    return `n,,n=,r=${this.#nonce}`;
  }

  /** @throws RangeError when the server's message makes no sense */
  async final(serverFirst: string, password: string): Promise<string> {
    const said = attributes(serverFirst);
    const nonce = said.get('r') ?? '';
    const iterations = Number(said.get('i'));
    if (!nonce.startsWith(this.#nonce) || !(iterations >= 1 && iterations <= ITERATIONS_MAX))
      throw new RangeError('the backend does not answer as SCRAM wants it');
    const salt = Buffer.from(said.get('s') ?? '', 'base64');
    const salted = await derive(password.normalize('NFKC'), salt, iterations, KEY_BYTES, 'sha256');
    const clientKey = hmac(salted, 'Client Key');
    const bare = `c=${NO_BINDING},r=${nonce}`;
    const signed = `n=,r=${this.#nonce},${serverFirst},${bare}`;
    const signature = hmac(createHash('sha256').update(clientKey).digest(), signed);
    const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)));
    this.#serverSignature = hmac(hmac(salted, 'Server Key'), signed);
    return `${bare},p=${proof.toString('base64')}`;
  }

  /** Whether the server knows the password as well. */
  trusts(serverFinal: string): boolean {
    const signature = Buffer.from(attributes(serverFinal).get('v') ?? '', 'base64');
    const own = this.#serverSignature;
    return own !== undefined && own.length === signature.length && timingSafeEqual(own, signature);
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function attributes(message: string): Map<string, string> {
  return new Map(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)] as const));
}
