import { describe, expect, it } from 'vitest';
import { Secret } from '#contracts';
import { createLog } from './log.ts';
import { createMask } from './secret-mask.ts';

function logged(secrets: readonly Secret[], write: (log: ReturnType<typeof createLog>) => void): string[] {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const { hide } = createMask(secrets);
  write(createLog({ service: 'loader', level: 'debug', hide }, destination));
  return lines;
}

describe('the log', () => {
  it('writes one JSON object a line, with the service and the fields', () => {
    const [line] = logged([], (log) => log.info({ loadId: 'x' }, 'loaded'));
    expect(JSON.parse(line ?? '')).toMatchObject({ service: 'loader', msg: 'loaded', loadId: 'x' });
  });

  it('masks a secret wherever it turns up: in the sentence, a field, an error, a url', () => {
    const password = 'p@ss "word"/%';
    const error = new Error(`cannot connect to postgres://u:${encodeURIComponent(password)}@h/db`);
    const lines = logged([new Secret(password)], (log) => {
      log.info({}, `the password is ${password}`);
      log.warn({ nested: { deep: [password] } }, 'a field');
      log.error({ err: error }, 'an error');
    }).join('');
    expect(lines).not.toContain(password);
    expect(lines).not.toContain(encodeURIComponent(password));
    expect(lines).not.toContain(JSON.stringify(password).slice(1, -1));
    expect(lines.match(/\*\*\*/g)?.length).toBeGreaterThanOrEqual(3);
  });

  it('prints a Secret given as a field as stars', () => {
    const [line] = logged([], (log) => log.info({ key: new Secret('hidden-value') }, 'started'));
    expect(line).toContain('"key":"***"');
  });
});
