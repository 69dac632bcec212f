import { once } from 'node:events';
import { Agent, createServer, request as forward } from 'node:http';

export type RequestCounter = {
  /** of this proxy */
  readonly endpoint: string;
  /** `GET /bucket?list-type=2…`, in the order in which they came; cleared by whoever reads */
  readonly seen: string[];
  readonly close: () => void;
};

/** Stands before an HTTP server and hands everything on, the Host header included, which S3 signs. */
export async function countRequests(target: string): Promise<RequestCounter> {
  const { hostname, port } = new URL(target);
  const seen: string[] = [];
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/' } = request;
    seen.push(`${method} ${url}`);
    const onward = forward(
      { hostname, port, method, path: url, headers: request.rawHeaders, setHost: false, agent },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${own}`,
    seen,
    close: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
