import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { classify, readNodeReport, withoutCells } from './classify.ts';

function serverError(message: string, more: { code?: string; detail?: string } = {}): Error {
  return Object.assign(new pg.DatabaseError(message, message.length, 'error'), {
    code: 'XX000',
    severity: 'ERROR',
    ...more,
  });
}

/** As the nodes of a cluster report to its leader. */
function box(error: string, code: number, context = ''): string {
  const line = '-----------------------------------------------';
  const parts = [`error:  ${error}`, `code:      ${code}`, `context:   ${context}`, 'query:     123'];
  return `\n  ${[line, ...parts, line].join('\n  ')}\n`;
}

describe('what Redshift says', () => {
  it.each([
    [
      '1023',
      'Serializable isolation violation on table - 100123, transactions forming the cycle are: 1, 2',
      'serialization-conflict',
    ],
    [
      'snapshot',
      'could not complete because of conflict with concurrent transaction',
      'serialization-conflict',
    ],
    ['1018', 'ERROR 1018 DETAIL: Relation does not exist', 'serialization-conflict'],
    ['full', 'Disk Full', 'unavailable'],
    ['null', 'Cannot insert a NULL value into column id', 'constraint-violated'],
    [
      'role',
      'User arn:aws:redshift:x is not authorized to assume IAM Role arn:aws:iam::1:role/y',
      'access-denied',
    ],
    [
      'keys',
      'S3ServiceException:The AWS Access Key Id does not exist,Status 403,Error InvalidAccessKeyId',
      'access-denied',
    ],
    [
      'region',
      'S3ServiceException:must be addressed using the specified endpoint,Status 301,Error PermanentRedirect',
      'options-invalid',
    ],
    ['gzip', 'failed to inflate with zlib: incorrect header check', 'file-unreadable'],
    [
      'rows',
      "Load into table 'stage' failed.  Check 'stl_load_errors' system table for details.",
      'copy-rejected',
    ],
    [
      'serverless',
      "Load into table 'stage' failed. Check 'sys_load_error_detail' system table for details.",
      'copy-rejected',
    ],
    ['nonsense', 'Assert', 'internal'],
  ])('%s', (_name, message, code) => {
    expect(classify(serverError(message), 'loading').code).toBe(code);
    expect(classify(serverError('S3 or so', { detail: box(message, 1000) }), 'loading').code).toBe(code);
  });

  it.each([
    ['40001', 'serialization-conflict'],
    ['57014', 'load-timeout'],
    ['42P01', 'schema-mismatch'],
    ['42501', 'access-denied'],
    ['57P01', 'unavailable'],
  ])('by the SQLSTATE %s of the leader', (code, expected) => {
    expect(classify(serverError('what happened', { code }), 'loading').code).toBe(expected);
  });

  it('is a conflict also with a SQLSTATE that says something else', () => {
    const thrown = serverError('could not complete because of conflict with concurrent transaction', {
      code: '25P02',
    });
    expect(classify(thrown, 'committing').code).toBe('serialization-conflict');
  });

  it('never repeats a cell, nor hands on the error that holds it', () => {
    for (const message of [
      "Invalid digit, Value 'PLANTED', Pos 0, Type: Integer",
      'invalid input syntax for integer: "PLANTED"',
      'Value too long for character type',
    ]) {
      const failure = classify(serverError(message, { detail: box(message, 1207, 'PLANTED') }), 'loading');
      expect(failure.code).toBe('copy-rejected');
      expect([failure.message, failure.remedy, String(failure.cause)].join()).not.toContain('PLANTED');
    }
  });

  it('has a report of its nodes in the detail', () => {
    const detail = box('S3ServiceException:Access Denied,Status 403', 8001, 'S3 key being read : s3://b/k');
    expect(readNodeReport(serverError('S3ServiceException', { detail }))).toEqual({
      sentence: 'S3ServiceException:Access Denied,Status 403',
      code: 8001,
      context: 'S3 key being read : s3://b/k',
    });
    expect(readNodeReport(new Error('no server'))).toBeUndefined();
  });

  it.each([
    ["Invalid digit, Value 'x', Pos 0, Type: Integer", 'Invalid digit, Pos 0, Type: Integer'],
    ['invalid input syntax for type integer: "x"', 'invalid input syntax for type integer'],
    ['String length exceeds DDL length', 'String length exceeds DDL length'],
  ])('%s is told as %s', (said, told) => {
    expect(withoutCells(said)).toBe(told);
  });
});
