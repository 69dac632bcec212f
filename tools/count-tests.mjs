// `count-tests.mjs REPORT CODE`: prints "N passed, N failed" for vitest's JSON report and exits with CODE, or
// with 1 when the report does not bear out a CODE of 0. Plain JavaScript: it must run when nothing could be
// installed.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * @param {string | undefined} report the JSON, undefined when there is none
 * @param {number} code of the test run
 */
export function countTests(report, code) {
  const { passed, failed } = counts(report);
  const ran = passed + failed > 0;
  // a run that crashed, or ran nothing, has failed, whatever it counted
  const failures = failed === 0 && (code !== 0 || !ran) ? 1 : failed;
  return { line: `${passed} passed, ${failures} failed`, code: failures === 0 ? 0 : code || 1 };
}

/** @param {string | undefined} report */
function counts(report) {
  if (report === undefined) return { passed: 0, failed: 0 };
  try {
    const { numPassedTests: passed, numFailedTests, testResults } = JSON.parse(report);
    // a file that could not even be loaded has no tests that could fail
    const broken = testResults.filter(
      (/** @type {any} */ file) =>
        file.status === 'failed' &&
        file.assertionResults.every((/** @type {any} */ one) => one.status !== 'failed'),
    );
    return { passed, failed: numFailedTests + broken.length };
  } catch {
    return { passed: 0, failed: 0 }; // a half written report is no report
  }
}

/** @param {string} file */
function readReport(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { line, code } = countTests(readReport(process.argv[2] ?? ''), Number(process.argv[3]));
  process.stdout.write(`\n${line}\n`);
  process.exitCode = code;
}
