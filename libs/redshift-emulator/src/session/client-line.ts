import type { Socket } from 'node:net';
import type { BackendLink } from './backend-link.ts';

/** How much may wait for a slow client before the backend is held back. */
const WAITING_BYTES_MAX = 1 << 20;

/** What the client is told, in order; a slow reader slows the backend down instead of filling the memory. */
export class ClientLine {
  readonly #socket: Socket;
  #source: BackendLink | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  holdBack(source: BackendLink): void {
    this.#source = source;
    this.#socket.on('drain', () => source.resume());
  }

  get gone(): boolean {
    return this.#socket.destroyed || this.#socket.writableEnded;
  }

  write(bytes: Buffer): void {
    if (this.gone) return;
    if (!this.#socket.writableCorked) {
      this.#socket.cork();
      process.nextTick(() => this.#socket.uncork());
    }
    this.#socket.write(bytes);
    if (this.#socket.writableLength > WAITING_BYTES_MAX && this.#socket.writableNeedDrain)
      this.#source?.pause();
  }

  end(lastWords?: Buffer): void {
    if (this.gone) return;
    if (lastWords) this.#socket.write(lastWords);
    this.#socket.end();
  }

  /** Without a goodbye: the other side sees a broken connection. */
  cut(): void {
    this.#socket.resetAndDestroy();
  }
}
