import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { silentLog } from '#contracts';
import type { Log } from '#contracts';
import { s3ObjectStore } from '#object-store';
import { isStore } from './emulator-options.ts';
import type { EmulatorOptions } from './emulator-options.ts';
import { Faults } from './faults.ts';
import type { House } from './house.ts';
import { Reception } from './session/reception.ts';
import { SideDoor } from './session/side-door.ts';
import { readBackendAddress } from './wire/backend-address.ts';

export type Emulator = {
  /** for clients: the backend's user and database at the emulator's address, without a password */
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  /** Ends every session and stops listening. */
  readonly close: () => Promise<void>;
};

/**
 * Makes clients of a PostgreSQL believe that they speak with Amazon Redshift, as far as loading goes
 * (docs/redshift-emulator.md).
 * @throws RangeError for a wrong url, StatementError when the backend cannot be prepared, or the error of
 *   listen()
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { log = silentLog } = options;
  const house = buildHouse(options, log);
  const reception = new Reception(house);
  const server = createServer({ noDelay: true }, (socket) => void reception.receive(socket));
  try {
    await house.side.prepare(house.address.database);
    await listen(server, options);
  } catch (thrown) {
    house.side.close();
    throw thrown;
  }
  const port = portOf(server);
  return {
    url: urlOf(house, options.host ?? LOCALHOST, port),
    port,
    faults: house.faults,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      reception.close();
      await closed;
      house.side.close();
      if (!isStore(options.s3)) house.store.close();
    },
  };
}

const LOCALHOST = '127.0.0.1';

function buildHouse(options: EmulatorOptions, log: Log): House {
  const address = readBackendAddress(options.backendUrl);
  return {
    address,
    store: isStore(options.s3) ? options.s3 : s3ObjectStore(options.s3, log),
    side: new SideDoor(address),
    faults: new Faults(options.faults),
    login: options.login ?? 'trust',
    isolation: options.isolation ?? 'snapshot',
    log,
  };
}

async function listen(server: Server, { host = LOCALHOST, port = 0 }: EmulatorOptions): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function urlOf({ address }: House, host: string, port: number): string {
  const shown = host === '0.0.0.0' || host === '::' ? LOCALHOST : host;
  const url = new URL(`postgres://${shown.includes(':') ? `[${shown}]` : shown}:${port}`);
  url.username = encodeURIComponent(address.user);
  url.pathname = `/${encodeURIComponent(address.database)}`;
  return url.href;
}
