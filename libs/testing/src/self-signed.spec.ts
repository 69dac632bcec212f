import { X509Certificate, createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { selfSigned } from './self-signed.ts';

describe('a self-signed certificate', () => {
  it('is good for its hosts, for now, and is its own authority', () => {
    const { certificate, key } = selfSigned(['localhost', '127.0.0.1']);
    const read = new X509Certificate(certificate);
    expect(read.checkHost('localhost')).toBe('localhost');
    expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(read.checkHost('elsewhere')).toBeUndefined();
    expect([read.ca, read.verify(read.publicKey)]).toEqual([true, true]);
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(Date.parse(read.validFrom)).toBeLessThan(Date.now());
    expect(Date.parse(read.validTo)).toBeGreaterThan(Date.now());
  });

  it('convinces a client that knows it, and no other', async () => {
    const { certificate, key } = selfSigned(['127.0.0.1']);
    const server = createServer({ cert: certificate, key }).listen(0, '127.0.0.1');
    server.on('tlsClientError', () => undefined);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const knows = connect({ host: '127.0.0.1', port, ca: certificate });
    await once(knows, 'secureConnect');
    expect(knows.authorized).toBe(true);
    knows.destroy();
    const stranger = connect({ host: '127.0.0.1', port });
    await expect(once(stranger, 'secureConnect')).rejects.toThrow(/self-signed/);
    server.close();
  });
});
