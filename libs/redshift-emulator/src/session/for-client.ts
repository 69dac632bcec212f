import { BodyReader } from '../wire/read-body.ts';
import type { Frame } from '../wire/frame-splitter.ts';
import { messageFrame, readMessageFields } from '../wire/server-message.ts';
import type { MessageFields } from '../wire/server-message.ts';
import { parameterStatus } from '../wire/write-frame.ts';
import { redshiftFields } from './redshift-errors.ts';
import type { Isolation } from './redshift-errors.ts';

/** What Redshift reports of itself when a session begins or a setting changes. */
const REPORTED = new Set([
  'application_name',
  'client_encoding',
  'DateStyle',
  'integer_datetimes',
  'is_superuser',
  'server_encoding',
  'session_authorization',
  'TimeZone',
]);

export const SERVER_VERSION = '8.0.2';

/** A message of the backend as Redshift would have sent it; `undefined`: not at all. */
export function forClient(frame: Frame, isolation: Isolation, errors?: 'no place'): Buffer | undefined {
  if (frame.type === 'E') {
    const fields = [...readMessageFields(frame.body)];
    return translateError(new Map(errors ? fields.filter(([letter]) => letter !== 'P') : fields), isolation);
  }
  return frame.type === 'S' ? reportParameter(frame) : frame.bytes;
}

export function translateError(fields: MessageFields, isolation: Isolation): Buffer {
  return messageFrame('E', redshiftFields(fields, isolation));
}

function reportParameter(frame: Frame): Buffer | undefined {
  const reader = new BodyReader(frame.body);
  const [name, value] = [reader.text(), reader.text()];
  return reportedParameter(name, value);
}

export function reportedParameter(name: string, value: string): Buffer | undefined {
  if (name === 'server_version') return parameterStatus(name, SERVER_VERSION);
  return REPORTED.has(name) ? parameterStatus(name, value) : undefined;
}
