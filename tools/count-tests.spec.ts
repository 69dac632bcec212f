import { describe, expect, it } from 'vitest';
import { countTests } from './count-tests.mjs';

const passing = { status: 'passed', assertionResults: [{ status: 'passed' }] };
const failing = { status: 'failed', assertionResults: [{ status: 'failed' }] };
const unloadable = { status: 'failed', assertionResults: [] };

function report(passed: number, failed: number, testResults: readonly unknown[]): string {
  return JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults });
}

describe('the closing line of a test run', () => {
  it.each([
    ['everything passed', report(7, 0, [passing]), 0, '7 passed, 0 failed', 0],
    ['tests failed', report(5, 2, [passing, failing]), 1, '5 passed, 2 failed', 1],
    ['a file could not be loaded', report(5, 0, [passing, unloadable]), 1, '5 passed, 1 failed', 1],
    ['the run crashed without a report', undefined, 134, '0 passed, 1 failed', 134],
    ['the report is cut short', '{"numPassedTests":3,', 1, '0 passed, 1 failed', 1],
    ['all passed, but the run failed', report(7, 0, [passing]), 1, '7 passed, 1 failed', 1],
    ['nothing ran at all', report(0, 0, []), 0, '0 passed, 1 failed', 1],
  ])('%s', (_why, json, code, line, exitCode) => {
    expect(countTests(json, code)).toEqual({ line, code: exitCode });
  });
});
