import { Failure } from '#contracts';

export type Outgoing = {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
};

/** Where the broker put a message. */
export type Acknowledged = { readonly partition: number; readonly offset: bigint };

export type Pending = {
  readonly message: Outgoing;
  readonly bytes: number;
  readonly resolve: (at: Acknowledged) => void;
  readonly reject: (failure: Failure) => void;
};

export type QueueLimits = {
  readonly publishBatchBytesMax: number;
  readonly publishBatchMessagesMax: number;
  readonly publishQueueMax: number;
  readonly publishQueueBytesMax: number;
};

/** Messages that wait for their acknowledgement, in the order they were published. */
export class PublishQueue {
  readonly #limits: QueueLimits;
  #waiting: Pending[] = [];
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /**
   * @throws Failure unavailable when too much waits already: the broker is away, or slower than its
   * publishers
   */
  add(message: Outgoing): Promise<Acknowledged> {
    const bytes = bytesOf(message);
    const { publishQueueMax, publishQueueBytesMax } = this.#limits;
    if (this.#waiting.length >= publishQueueMax || this.#bytes + bytes > publishQueueBytesMax)
      throw new Failure('unavailable', `${this.#waiting.length} messages wait for Kafka already`, {
        scope: 'lane',
      });
    this.#bytes += bytes;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message, bytes, resolve, reject });
    });
  }

  /** The next messages that fit into one request; at least one if any waits. */
  take(): Pending[] {
    const { publishBatchBytesMax, publishBatchMessagesMax } = this.#limits;
    let bytes = 0;
    let count = 0;
    for (const pending of this.#waiting) {
      if (count > 0 && (bytes + pending.bytes > publishBatchBytesMax || count === publishBatchMessagesMax))
        break;
      bytes += pending.bytes;
      count += 1;
    }
    this.#bytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  rejectAll(failure: Failure): void {
    for (const { reject } of this.#waiting.splice(0)) reject(failure);
    this.#bytes = 0;
  }
}

function bytesOf({ key, value, headers }: Outgoing): number {
  const ofHeaders = Object.entries(headers).reduce((sum, [name, text]) => sum + name.length + text.length, 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + ofHeaders;
}
