import { randomBytes } from 'node:crypto';
import type { Event } from '#contracts';

const SPAN_BYTES = 8;

/**
 * The W3C trace context of an event (w3.org/TR/trace-context, version 00, sampled). A load id has just the
 * form of a trace id, so everything that concerns one load, from the announcement to the removal of its
 * files, is one trace without anybody having to hand it on.
 */
export function traceparentOf(event: Event): Readonly<Record<string, string>> {
  if (event.type === 'sweep-requested') return {};
  return { traceparent: `00-${event.loadId}-${randomBytes(SPAN_BYTES).toString('hex')}-01` };
}
