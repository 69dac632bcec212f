import { describe, expect, it } from 'vitest';
import { Secret } from '#contracts';
import { parseConnectionUrl } from './connection-url.ts';

const parse = (url: string) => parseConnectionUrl(new Secret(url));

describe('the url of a warehouse', () => {
  it('is libpq form with escapes', () => {
    const settings = parse('postgres://me:p%40ss%2Fw@db.example:6543/sales?sslmode=require');
    expect(settings).toMatchObject({ host: 'db.example', port: 6543, database: 'sales', user: 'me' });
    expect(settings.tls).toBe('encrypted');
    expect(settings.password?.reveal()).toBe('p@ss/w');
  });

  it('is the JDBC form of a Blueshift manifest', () => {
    const settings = parse('jdbc:postgresql://h:5433/db?tcpKeepAlive=true&user=u&password=s%26t&ssl=true');
    expect(settings).toMatchObject({ host: 'h', port: 5433, database: 'db', user: 'u', tls: 'verified' });
    expect(settings.password?.reveal()).toBe('s&t');
    expect(parse('jdbc:redshift://h/db').port).toBe(5439);
  });

  it('has the defaults of libpq', () => {
    expect(parse('postgresql:///?user=me')).toMatchObject({
      host: 'localhost',
      port: 5432,
      database: 'me',
      tls: 'none',
    });
    expect(parse('postgres://u@[::1]/d').host).toBe('::1');
    expect(parse('postgres:///d?host=/var/run/postgresql').host).toBe('/var/run/postgresql');
  });

  it.each(['postgres://u:hunter2@h:port/db', 'mysql://u:hunter2@h/db', 'postgres://u:hunter2%@h/db'])(
    'is refused without being shown: %s',
    (url) => {
      let shown = 'accepted';
      try {
        parse(url);
      } catch (thrown) {
        shown = String(thrown) + JSON.stringify(thrown) + String((thrown as Error).cause);
      }
      expect(shown).toContain('warehouse url');
      expect(shown).not.toContain('hunter2');
    },
  );

  it('names the ssl modes when one is unknown', () => {
    expect(() => parse('postgres://h/d?sslmode=maybe')).toThrow(/disable, allow, prefer, require/);
  });
});
