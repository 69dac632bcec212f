import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJdbcUrl, parseWarehouseUrl } from './jdbc-url.ts';

function read(text: string): string {
  const parsed = parseWarehouseUrl(text);
  if (parsed.kind === 'problem') return parsed.message;
  return `${parsed.connection.dialect} ${parsed.connection.url.reveal()}`;
}

describe('a warehouse url', () => {
  it.each([
    [
      'jdbc:postgresql://f.eu-west-1.redshift.amazonaws.com:5439/db?tcpKeepAlive=true&user=u&password=pwd',
      'redshift postgres://u:pwd@f.eu-west-1.redshift.amazonaws.com:5439/db',
    ],
    [
      'jdbc:redshift://wg.1.eu-west-1.redshift-serverless.amazonaws.com/dev?user=u&password=p&ssl=true',
      'redshift postgres://u:p@wg.1.eu-west-1.redshift-serverless.amazonaws.com:5439/dev?sslmode=verify-full',
    ],
    ['jdbc:redshift://h/db?user=u', 'redshift postgres://u@h:5439/db'],
    ['jdbc:postgresql://h/db?user=u&password=p', 'postgres postgres://u:p@h:5432/db'],
    ['postgres://u:p%40ss@localhost:5433/warehouse', 'postgres postgres://u:p%40ss@localhost:5433/warehouse'],
    ['postgresql://u@[::1]:1/db', 'postgres postgres://u@[::1]:1/db'],
    ['jdbc:postgresql://h/db?user=u&sslmode=require', 'postgres postgres://u@h:5432/db?sslmode=require'],
    ['jdbc:postgresql://h/db?user=u&sslmode=verify-ca', 'postgres postgres://u@h:5432/db?sslmode=verify-ca'],
    ['jdbc:postgresql://h/db?user=u&sslmode=prefer', 'postgres postgres://u@h:5432/db?sslmode=prefer'],
    ['redshift://u@h/db?sslrootcert=a.pem', 'redshift postgres://u@h:5439/db?sslrootcert=a.pem'],
    ['jdbc:postgresql://h/db?user=u&ssl=false', 'postgres postgres://u@h:5432/db'],
    [
      'jdbc:postgresql://h/db?user=u&ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory',
      'postgres postgres://u@h:5432/db?sslmode=require',
    ],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    ['jdbc:mysql://h/db?user=u&password=hunter2', 'only jdbc:postgresql: and jdbc:redshift:'],
    ['jdbc:redshift:iam://c:r/db?password=hunter2', 'IAM authentication'],
    ['hunter2', 'has to start with jdbc:postgresql://'],
    ['jdbc:postgresql://hunter2 :x/db?user=u', 'cannot be read'],
    ['jdbc:postgresql://a,b:5432,c/db?user=u&password=hunter2', 'cannot be read'],
    ['jdbc:postgresql:///db?user=u&password=hunter2', 'names no host'],
    ['jdbc:postgresql://h/?user=u&password=hunter2', 'names no database'],
    ['jdbc:postgresql://h/db?password=hunter2', 'names no user'],
    ['jdbc:postgresql://h/db?user=u&sslmode=hunter2', 'unknown sslmode'],
  ])('%s is refused without repeating it', (text, problem) => {
    expect(parseJdbcUrl(text)).toMatchObject({ kind: 'problem' });
    expect(read(text)).toContain(problem);
    expect(read(text)).not.toContain('hunter2');
  });

  it('of a manifest is a jdbc: url, and names no file of this machine', () => {
    expect(parseJdbcUrl('postgres://u:p@h/db')).toMatchObject({ kind: 'problem' });
    const parsed = parseJdbcUrl('jdbc:postgresql://h/db?user=u&sslrootcert=/etc/passwd&sslmode=require');
    if (parsed.kind === 'problem') throw new Error(parsed.message);
    expect(parsed.connection.url.reveal()).toBe('postgres://u@h:5432/db?sslmode=require');
  });

  it('keeps every user and password, whatever their characters', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(word, word, (user, password) => {
        const query = new URLSearchParams({ user, password }).toString();
        const parsed = parseJdbcUrl(`jdbc:postgresql://h/db?${query}`);
        if (parsed.kind === 'problem') throw new Error(parsed.message);
        const url = new URL(parsed.connection.url.reveal());
        expect([url.username, url.password].map(decodeURIComponent)).toEqual([user, password]);
      }),
    );
  });
});
