import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A Confluent-compatible schema registry, as far as the product speaks to one. */
export type RegistryServer = {
  readonly url: string;
  /** every schema once; the first has id 1 */
  readonly schemas: readonly string[];
  /** the subjects under which something was registered, in their order */
  readonly subjects: ReadonlySet<string>;
  readonly close: () => Promise<void>;
};

type Shelf = { readonly schemas: string[]; readonly subjects: Set<string> };

/**
 * `POST /subjects/<subject>/versions` and `GET /schemas/ids/<id>`
 * (docs.confluent.io/platform/current/schema-registry/develop/api.html).
 */
export async function registryServer(): Promise<RegistryServer> {
  const shelf: Shelf = { schemas: [], subjects: new Set() };
  const server = createServer((request, response) => void serve(shelf, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...shelf,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(shelf: Shelf, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = answer(shelf, `${request.method} ${request.url}`, await text(request));
  response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
  response.end(JSON.stringify(body));
}

function answer({ schemas, subjects }: Shelf, line: string, sent: string): { status: number; body: object } {
  const subject = /^POST \/subjects\/([^/]+)\/versions$/.exec(line)?.[1];
  if (subject !== undefined) {
    const { schema } = JSON.parse(sent) as { schema: string };
    if (!schemas.includes(schema)) schemas.push(schema);
    subjects.add(decodeURIComponent(subject));
    return { status: 200, body: { id: schemas.indexOf(schema) + 1 } };
  }
  const id = /^GET \/schemas\/ids\/(\d+)$/.exec(line)?.[1];
  const schema = schemas[Number(id) - 1];
  if (schema !== undefined) return { status: 200, body: { schema } };
  return { status: 404, body: { error_code: 40403, message: 'Schema not found' } };
}
