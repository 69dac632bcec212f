/**
 * What Redshift remembers of a session whatever becomes of its transactions. The backend holds it in settings
 * of its own, which a rollback takes back; then they are set anew before the next statement.
 */
export class SessionMemory {
  #copyCount = 0;
  #copyId = 0;
  #stale = false;

  /** A COPY has begun to load; it counts nothing until it is done. */
  beginCopy(queryId: number): void {
    this.#copyId = queryId;
    this.#copyCount = 0;
    this.#stale = true;
  }

  endCopy(rows: number): void {
    this.#copyCount = rows;
    this.#stale = true;
  }

  /** A transaction has ended, perhaps by a rollback. */
  doubt(): void {
    if (this.#copyId > 0) this.#stale = true;
  }

  /** What the backend has to be told, once. */
  takeSettings(): string | undefined {
    if (!this.#stale) return undefined;
    this.#stale = false;
    return `set redshift_emulator.copy_state to '${this.#copyCount},${this.#copyId}'`;
  }
}
