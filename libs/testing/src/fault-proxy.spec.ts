import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { faultProxy } from './fault-proxy.ts';
import type { Fault, FaultProxy } from './fault-proxy.ts';

const closing: (() => unknown)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  const address = server.address() as AddressInfo;
  return address.port;
}

async function before(url: string): Promise<FaultProxy> {
  const proxy = await faultProxy(url);
  closing.push(proxy.close);
  return proxy;
}

describe('a proxy in front of an HTTP server', () => {
  const reached: string[] = [];
  const start = async (): Promise<FaultProxy> => {
    reached.length = 0;
    const server = createHttpServer((request, response) => {
      reached.push(`${request.method} ${request.headers.host}`);
      request.pipe(response.writeHead(200, { 'x-kept': 'yes' }));
    });
    return before(`http://127.0.0.1:${await portOf(server)}`);
  };
  const send = async (proxy: FaultProxy): Promise<string> => {
    const response = await fetch(`${proxy.url}/a%2Bb?c`, { method: 'PUT', body: '0123456789' });
    return `${response.status} ${await response.text()}`;
  };

  it('hands on requests and answers as they are, the host included', async () => {
    const proxy = await start();
    expect(await send(proxy)).toBe('200 0123456789');
    expect(proxy.seen).toEqual(['PUT /a%2Bb?c']);
    expect(reached).toEqual([`PUT ${new URL(proxy.url).host}`]);
  });

  it.each<[Fault, number]>([
    [{ kind: 'refuse' }, 0],
    [{ kind: 'lose-answer' }, 1],
    [{ kind: 'cut', afterBytes: 0 }, 1],
    [{ kind: 'cut', afterBytes: 4 }, 1],
  ])('fails a request by %o, which reaches the server %i times', async (fault, times) => {
    const proxy = await start();
    proxy.fault(fault, { times: 1 });
    await expect(send(proxy)).rejects.toThrow(/fetch failed|terminated/);
    expect(reached).toHaveLength(times);
    expect(await send(proxy)).toBe('200 0123456789');
  });

  it('answers by itself, to the requests it is told to', async () => {
    const proxy = await start();
    proxy.fault({ kind: 'answer', status: 503, body: 'busy' }, { when: ({ method }) => method === 'PUT' });
    expect(await send(proxy)).toBe('503 busy');
    expect((await fetch(proxy.url)).status).toBe(200);
    proxy.clear();
    expect(await send(proxy)).toBe('200 0123456789');
  });

  it('is slow, and hands on in the end', async () => {
    const proxy = await start();
    proxy.fault({ kind: 'slow', delayMs: 5 });
    expect(await send(proxy)).toBe('200 0123456789');
  });

  it('stalls until the client gives up', async () => {
    const proxy = await start();
    proxy.fault({ kind: 'stall', afterBytes: 3 });
    const abort = new AbortController();
    const response = await fetch(proxy.url, { method: 'PUT', body: '0123456789', signal: abort.signal });
    const chunks = response.body?.getReader();
    expect(Buffer.from((await chunks?.read())?.value ?? []).toString()).toBe('012');
    abort.abort();
    await expect(chunks?.read()).rejects.toThrow(/aborted/);
  });
});

describe('a proxy in front of any other server', () => {
  const start = async (): Promise<FaultProxy> => {
    const echo = createServer((socket: Socket) => {
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    return before(`tcp://127.0.0.1:${await portOf(echo)}`);
  };
  const open = (proxy: FaultProxy): Socket => connect(Number(new URL(proxy.url).port), '127.0.0.1');
  /** what comes back for ten bytes until the connection ends */
  const send = async (proxy: FaultProxy): Promise<string> => {
    const socket = open(proxy);
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.length === 10) socket.end();
    });
    socket.on('error', () => undefined);
    socket.write('0123456789');
    await new Promise<void>((resolve) => void socket.once('close', () => resolve()));
    return text;
  };

  it.each<[Fault, string]>([
    [{ kind: 'refuse' }, ''],
    [{ kind: 'lose-answer' }, ''],
    [{ kind: 'cut', afterBytes: 4 }, '0123'],
    [{ kind: 'slow', delayMs: 5 }, '0123456789'],
  ])('with %o lets through "%s"', async (fault, text) => {
    const proxy = await start();
    proxy.fault(fault, { times: 1 });
    expect(await send(proxy)).toBe(text);
    expect(await send(proxy)).toBe('0123456789');
  });

  it('loses the answer to what it is told to listen for, and nothing before', async () => {
    const proxy = await start();
    proxy.fault({ kind: 'lose-answer', to: 'commit' }, { times: 1 });
    const socket = open(proxy);
    socket.on('error', () => undefined);
    socket.write('insert');
    expect(String((await once(socket, 'data'))[0])).toBe('insert');
    const more: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => more.push(chunk));
    socket.write('commit');
    await once(socket, 'close');
    expect(more).toEqual([]);
    expect(await send(proxy)).toBe('0123456789');
  });

  it('cuts what is open', async () => {
    const proxy = await start();
    const socket = open(proxy);
    socket.on('error', () => undefined);
    socket.write('x');
    await once(socket, 'data');
    proxy.cutAll();
    await once(socket, 'close');
    expect(await send(proxy)).toBe('0123456789');
  });
});
