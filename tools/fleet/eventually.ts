const POLL_MS = 50;
const TIMEOUT_MS = 60_000;

/**
 * Asks again and again until the answer is not undefined. For facts of other processes that send no event,
 * such as rows in a table; where an event exists, await the event.
 * @throws Error with what was waited for
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  timeoutMs: number = TIMEOUT_MS,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
