import { installCatalog } from '../catalog/install-catalog.ts';
import { passwordAuthenticator } from '../wire/authenticate.ts';
import type { BackendAddress } from '../wire/backend-address.ts';
import { openBackend } from '../wire/open-backend.ts';
import { terminate } from '../wire/write-frame.ts';
import { BackendLink } from './backend-link.ts';
import { runInner } from './inner-statement.ts';
import type { InnerResult } from './inner-statement.ts';

type Side = { readonly link: BackendLink; last: Promise<unknown> };

/**
 * One connection per database beside those of the clients: what is written here survives the rollback of a
 * client's transaction, as Redshift's system tables do.
 */
export class SideDoor {
  readonly #address: BackendAddress;
  readonly #sides = new Map<string, Promise<Side>>();

  constructor(address: BackendAddress) {
    this.#address = address;
  }

  /** Sees to it that the database has Redshift's catalog. @throws StatementError */
  async prepare(database: string): Promise<void> {
    await this.#side(database);
  }

  /** One after the other, in the order asked. @throws StatementError */
  async run(database: string, sql: string): Promise<InnerResult> {
    const side = await this.#side(database);
    const result = side.last.then(() => runInner(side.link, 'simple', sql));
    side.last = result.catch(() => undefined);
    return result;
  }

  close(): void {
    for (const side of this.#sides.values())
      void side.then(
        ({ link }) => link.end(terminate()),
        () => undefined,
      );
    this.#sides.clear();
  }

  #side(database: string): Promise<Side> {
    const known = this.#sides.get(database);
    if (known) return known;
    const forget = (): void => void this.#sides.delete(database);
    const side = this.#open(database, forget);
    this.#sides.set(database, side);
    side.catch(forget);
    return side;
  }

  async #open(database: string, onLost: () => void): Promise<Side> {
    const { user, password } = this.#address;
    const parameters = new Map([
      ['user', user],
      ['database', database],
      ['application_name', 'redshift-emulator'],
      ['client_min_messages', 'warning'],
    ]);
    const authenticate = passwordAuthenticator(user, password);
    const backend = await openBackend({ address: this.#address, parameters, authenticate });
    const link = new BackendLink(backend, { onAside: () => undefined, onLost });
    try {
      await installCatalog(link);
    } catch (thrown) {
      link.destroy();
      throw thrown;
    }
    return { link, last: Promise.resolve() };
  }
}
