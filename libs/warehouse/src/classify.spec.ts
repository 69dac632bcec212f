import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import { classify, isConnectionLost, sayPlainly } from './classify.ts';

function serverError(code: string, message = 'what happened', more: Record<string, string> = {}): Error {
  return Object.assign(
    new pg.DatabaseError(message, message.length, 'error'),
    { code, severity: 'ERROR' },
    more,
  );
}

describe('what an error of the server means', () => {
  it.each([
    ['40001', 'serialization-conflict'],
    ['40P01', 'serialization-conflict'],
    ['55P03', 'unavailable'],
    ['57014', 'load-timeout'],
    ['57P01', 'unavailable'],
    ['57P02', 'unavailable'],
    ['57P03', 'unavailable'],
    ['08006', 'unavailable'],
    ['53100', 'unavailable'],
    ['53300', 'unavailable'],
    ['25006', 'unavailable'],
    ['42501', 'access-denied'],
    ['28P01', 'access-denied'],
    ['28000', 'access-denied'],
    ['3D000', 'warehouse-unknown'],
    ['42P01', 'schema-mismatch'],
    ['42703', 'schema-mismatch'],
    ['22P02', 'copy-rejected'],
    ['22001', 'copy-rejected'],
    ['23505', 'constraint-violated'],
    ['23514', 'constraint-violated'],
    ['42601', 'manifest-invalid'],
    ['XX000', 'internal'],
  ])('%s is %s', (state, code) => {
    expect(classify(serverError(state), 'copying').code).toBe(code);
  });

  it('is the concern of one lane when a lock is busy, of all when the server is away', () => {
    expect(classify(serverError('55P03'), 'locking').scope).toBe('lane');
    expect(classify(serverError('57P03'), 'connecting').scope).toBe('group');
  });

  it('never repeats a cell', () => {
    const error = serverError('22P02', 'invalid input syntax for type integer: "4111 1111"', {
      detail: 'Failing row contains (4111 1111)',
      where: 'COPY t, line 1, column a: "4111 1111"',
    });
    const failure = classify(error, 'copying');
    expect(failure.message).toContain('invalid input syntax for type integer');
    expect(failure.message + String(failure.cause)).not.toContain('4111');
  });

  it.each([
    ['value "99999999999" is out of range for type integer', 'value is out of range for type integer'],
    ['invalid input syntax for type date: "he said "no""', 'invalid input syntax for type date'],
    ['missing data for column "name"', 'missing data for column "name"'],
    ['invalid byte sequence for encoding "UTF8": 0xff', 'invalid byte sequence for encoding "UTF8": 0xff'],
    ['value too long for type character varying(10)', 'value too long for type character varying(10)'],
  ])('%s becomes: %s', (message, plainly) => {
    expect(sayPlainly({ sqlState: '22P02', message })).toBe(plainly);
  });
});

describe('what an error of the network means', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'])('%s is unavailable', (code) => {
    const error = Object.assign(new Error('connect failed'), { code });
    expect(classify(error, 'connecting').code).toBe('unavailable');
    expect(isConnectionLost(error)).toBe(true);
  });

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])('%s', (text) => {
    expect(classify(new Error(text), 'connecting').code).toBe('unavailable');
  });

  it('a certificate that is not trusted is access denied', () => {
    const error = Object.assign(new Error('self-signed certificate'), {
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(classify(error, 'connecting').code).toBe('access-denied');
  });

  it('anything else is internal, and a Failure stays what it is', () => {
    expect(classify(new TypeError('oops'), 'copying').code).toBe('internal');
    const failure = new Failure('stale-data', 'older');
    expect(classify(failure, 'copying')).toBe(failure);
  });
});
