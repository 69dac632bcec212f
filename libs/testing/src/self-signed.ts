import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** Of a server that says who it is; both as PEM. It is its own authority. */
export type SelfSigned = { readonly certificate: string; readonly key: string };

const DAY_MS = 86_400_000;

/** DER tags (ITU-T X.690 §8). */
const [BOOLEAN, INTEGER, BITS, OCTETS, OID, UTF8, TIME, SEQUENCE, SET] = [
  0x01, 0x02, 0x03, 0x04, 0x06, 0x0c, 0x18, 0x30, 0x31,
] as const;
const explicit = (number: number): number => 0xa0 + number;
const implicit = (number: number): number => 0x80 + number;

/** Object identifiers, encoded (RFC 5280, RFC 5758). */
const ECDSA_SHA256 = der(OID, Buffer.from('2a8648ce3d040302', 'hex'));
const COMMON_NAME = der(OID, Buffer.from('550403', 'hex'));
const BASIC_CONSTRAINTS = der(OID, Buffer.from('551d13', 'hex'));
const SUBJECT_ALT_NAME = der(OID, Buffer.from('551d11', 'hex'));
const TRUE = der(BOOLEAN, Buffer.from([0xff]));

/**
 * A certificate for these host names and IPv4 addresses, good for a day. Node can sign one and cannot make
 * one, and openssl is not everywhere.
 */
export function selfSigned(hosts: readonly string[]): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8, Buffer.from('a spec')))));
  const names = hosts.map((host) =>
    isIPv4(host)
      ? der(implicit(7), Buffer.from(host.split('.').map(Number)))
      : der(implicit(2), Buffer.from(host)),
  );
  const toBeSigned = der(
    SEQUENCE,
    der(explicit(0), der(INTEGER, Buffer.from([2]))), // version 3
    der(INTEGER, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    der(SEQUENCE, ECDSA_SHA256),
    name,
    der(SEQUENCE, time(Date.now() - DAY_MS), time(Date.now() + DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      explicit(3),
      der(
        SEQUENCE,
        der(SEQUENCE, BASIC_CONSTRAINTS, TRUE, der(OCTETS, der(SEQUENCE, TRUE))), // an authority
        der(SEQUENCE, SUBJECT_ALT_NAME, der(OCTETS, der(SEQUENCE, ...names))),
      ),
    ),
  );
  const signature = der(BITS, Buffer.from([0]), sign('sha256', toBeSigned, privateKey));
  return {
    certificate: pem('CERTIFICATE', der(SEQUENCE, toBeSigned, der(SEQUENCE, ECDSA_SHA256), signature)),
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** GeneralizedTime. @param at epoch ms */
function time(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/\.\d+/, '').replace(/[-T:]/g, '');
  return der(TIME, Buffer.from(text));
}

function pem(what: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${what}-----`, ...lines, `-----END ${what}-----`, ''].join('\n');
}
