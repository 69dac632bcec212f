import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import { failureReport, toJson } from './report.ts';

describe('a report', () => {
  it('is one JSON document, with offsets as numbers', () => {
    expect(JSON.parse(toJson({ offset: 12n, deep: [{ end: 9_000_000_000n }] }, (text) => text))).toEqual({
      offset: 12,
      deep: [{ end: 9_000_000_000 }],
    });
  });

  it('hides secrets in its values and keeps its shape', () => {
    const hide = (text: string): string => text.replaceAll('table', '***');
    expect(JSON.parse(toJson({ table: 'a table', deep: ['table'] }, hide))).toEqual({
      table: 'a ***',
      deep: ['***'],
    });
  });

  it('of a failure has its code, its message and its remedy, and is not ok', () => {
    const { data, text, ok } = failureReport(new Failure('schema-mismatch', 'no such table'));
    expect(ok).toBe(false);
    expect(data).toMatchObject({ error: { code: 'schema-mismatch', message: 'no such table' } });
    expect(text).toContain('schema-mismatch: no such table');
  });

  it('does not tell a person to wait for what is away', () => {
    expect(failureReport(new Failure('unavailable', 'nobody answers')).text).toContain('dopplershift doctor');
  });

  it('of anything else thrown calls it a defect', () => {
    expect(failureReport(new Error('oops')).text).toContain('internal: oops');
  });
});
