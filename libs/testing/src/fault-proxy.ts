/**
 * A proxy in front of a real server that misbehaves on demand, so that specs meet the failures of networks
 * and of overloaded servers with the real server behind them.
 *
 * For an `http:` url every request is looked at: the first rule that fits it and has tries left is applied,
 * otherwise the request goes through untouched (the Host header too, which S3 signs). For any other url
 * (`postgres:`, `kafka:`, `tcp:`) the rules are for connections.
 */
import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Readable } from 'node:stream';

export type Fault =
  /** closes the connection before anything is forwarded */
  | { readonly kind: 'refuse' }
  /** answers by itself (http only; otherwise as `refuse`) */
  | { readonly kind: 'answer'; readonly status: number; readonly body?: string }
  /** waits before it forwards */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /**
   * lets the server do what was asked, and closes the connection instead of handing on the answer; with `to`
   * (tcp only) everything goes through until the client has said that text
   */
  | { readonly kind: 'lose-answer'; readonly to?: string }
  /** closes the connection after so many bytes of the answer's body (tcp: of what the server sends) */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** hands on so many bytes, and then nothing, with the connection left open */
  | { readonly kind: 'stall'; readonly afterBytes: number };

export type FaultRule = {
  /** how many requests or connections it is for; absent: all, until cleared */
  readonly times?: number;
  /** http: which requests; tcp: never asked */
  readonly when?: (request: { readonly method: string; readonly path: string }) => boolean;
};

export type FaultProxy = {
  /** the url of the server, with this proxy's address */
  readonly url: string;
  readonly fault: (fault: Fault, rule?: FaultRule) => void;
  /** from now on everything goes through */
  readonly clear: () => void;
  /** closes what is open now */
  readonly cutAll: () => void;
  /** requests (tcp: connections) that came, faulty ones included: `GET /bucket/key` */
  readonly seen: readonly string[];
  readonly close: () => Promise<void>;
};

type Ruled = { readonly fault: Fault; readonly rule: FaultRule; left: number };

export async function faultProxy(targetUrl: string): Promise<FaultProxy> {
  const target = new URL(targetUrl);
  const rules: Ruled[] = [];
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const faultFor = (method: string, path: string): Fault | undefined => {
    seen.push(`${method} ${path}`.trim());
    const found = rules.find(({ left, rule }) => left > 0 && (rule.when?.({ method, path }) ?? true));
    if (found) found.left -= 1;
    return found?.fault;
  };
  const server = target.protocol === 'http:' ? httpProxy(target, faultFor) : tcpProxy(target, faultFor);
  const url = await listening(server, target, sockets);
  const cutAll = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    url,
    seen,
    fault: (fault, rule = {}) => void rules.push({ fault, rule, left: rule.times ?? Infinity }),
    clear: () => void rules.splice(0),
    cutAll,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      cutAll();
      await closed;
    },
  };
}

type FaultFor = (method: string, path: string) => Fault | undefined;

async function listening(server: Server | HttpServer, target: URL, sockets: Set<Socket>): Promise<string> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return target.pathname === '/' ? url.href.replace(/\/$/, '') : url.href;
}

function httpProxy(target: URL, faultFor: FaultFor): HttpServer {
  return createServer((request, response) => {
    const { method = '', url = '' } = request;
    const fault = faultFor(method, url);
    // the client's own timeouts and aborts are not the proxy's errors
    response.on('error', () => undefined);
    if (fault?.kind === 'refuse') request.socket.destroy();
    else if (fault?.kind === 'answer') answer(request, response, fault);
    else if (fault?.kind === 'slow')
      after(fault.delayMs, request.socket, () => pass(target, request, response));
    else pass(target, request, response, fault);
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Extract<Fault, { kind: 'answer' }>,
): void {
  request.resume();
  request.once('end', () => response.writeHead(fault.status).end(fault.body ?? ''));
}

function pass(target: URL, request: IncomingMessage, response: ServerResponse, fault?: Fault): void {
  const onward = forward({
    host: target.hostname,
    port: target.port,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: request.rawHeaders,
    setHost: false,
    agent: false,
  });
  onward.once('error', () => response.destroy());
  response.once('close', () => onward.destroy());
  onward.once('response', (incoming) => {
    incoming.once('error', () => response.destroy());
    if (fault?.kind === 'lose-answer') {
      incoming.resume();
      incoming.once('end', () => response.destroy());
      return;
    }
    response.writeHead(incoming.statusCode ?? 502, incoming.rawHeaders);
    // the head leaves by itself: a stall at 0 bytes is a stall of the body
    response.flushHeaders();
    handOn(incoming, response, fault);
  });
  request.pipe(onward);
}

/** Hands on what the server says, up to where the fault wants it. */
function handOn(from: Readable, to: Socket | ServerResponse, fault: Fault | undefined): void {
  if (fault?.kind !== 'cut' && fault?.kind !== 'stall') {
    from.pipe(to);
    return;
  }
  let left = fault.afterBytes;
  const end = (): void => void to.end();
  from.once('end', end);
  from.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, left);
    left -= part.length;
    if (left > 0) return void to.write(part);
    // what is left of the answer, its end included, does not come
    from.off('end', end);
    from.pause();
    to.write(part, () => {
      if (fault.kind === 'cut') to.destroy();
    });
  });
}

function tcpProxy(target: URL, faultFor: FaultFor): Server {
  return createTcpServer((client) => {
    const fault = faultFor('connect', '');
    client.on('error', () => undefined);
    if (fault?.kind === 'refuse' || fault?.kind === 'answer') client.destroy();
    else if (fault?.kind === 'slow') after(fault.delayMs, client, () => join(target, client));
    else join(target, client, fault);
  });
}

function join(target: URL, client: Socket, fault?: Fault): void {
  const server = connect({ host: target.hostname, port: Number(target.port) });
  server.on('error', () => client.destroy());
  server.once('close', () => client.destroy());
  client.once('close', () => server.destroy());
  client.pipe(server);
  if (fault?.kind !== 'lose-answer') handOn(server, client, fault);
  else if (fault.to === undefined) handOn(server, client, { kind: 'cut', afterBytes: 0 });
  else loseAnswerTo(fault.to, client, server);
}

/** A text that is torn between two packets is not noticed: it is the next one then. */
function loseAnswerTo(text: string, client: Socket, server: Socket): void {
  let said = false;
  client.on('data', (chunk: Buffer) => {
    said ||= chunk.includes(text);
  });
  server.on('data', (chunk: Buffer) => {
    if (said) client.destroy();
    else client.write(chunk);
  });
}

function after(delayMs: number, socket: Socket, act: () => void): void {
  const forget = (): void => clearTimeout(timer);
  const timer = setTimeout(() => {
    socket.off('close', forget);
    act();
  }, delayMs);
  socket.once('close', forget);
}
