import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort } from './free-port.ts';

describe('a free port', () => {
  it('can be listened on, and is handed out once', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, freePort));
    expect(new Set(ports).size).toBe(20);
    for (const port of ports) {
      const server = createServer().listen({ host: '127.0.0.1', port });
      await once(server, 'listening');
      server.close();
    }
  });

  it('is below the ports that the system takes for outgoing connections', async () => {
    expect(await freePort()).toBeLessThan(32_768);
  });
});
