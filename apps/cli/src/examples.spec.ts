import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXIT_CONFIG } from '#config';
import { runProgram } from './program.ts';
import { EXIT } from './report.ts';

const COMMANDS = ['status', 'replay', 'retry', 'forget', 'topics', 'sweep', 'doctor', 'redshift-emulator'];
const LETTERS = ['dead-letters ls', 'dead-letters redrive', 'dead-letters skip'];
const NO_FILE = ['--config', 'no-such-file.yaml'];

async function run(...args: string[]) {
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  return { code: await runProgram(args, { out: say, err: say }), said: said.join('\n') };
}

/** Lines that a person may copy: without `…`, without alternatives; what is in brackets is a remark. */
function examplesIn(text: string): string[] {
  return [...text.matchAll(/^\s*(?:npx )?dopplershift (.+)$|`(?:npx )?dopplershift ([^`]+)`/gm)]
    .map(([, line, inline]) => (line ?? inline ?? '').replace(/\s+\(.*$/, ''))
    .filter((line) => !/[…|<]/.test(line));
}

const helps = await Promise.all([...COMMANDS, ...LETTERS].map((name) => run(...name.split(' '), '--help')));

describe('the help', () => {
  it('of every command has a sentence and an example', () => {
    for (const { code, said } of helps) {
      expect(code).toBe(0);
      expect(said).toMatch(/^Usage: dopplershift .*\n\n[A-Z][^]*\.\n/);
      expect(examplesIn(said).length).toBeGreaterThan(0);
    }
  });
});

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

describe('the exit codes', () => {
  const codes = (text: string) => [...text.matchAll(/(\d+) (?:done|failed|typed|the configuration)/g)];
  const wanted = [EXIT.ok, EXIT.failed, EXIT.usage, EXIT_CONFIG].map(String);

  it('are the same in the help, in the README and in what the program does', async () => {
    const { said } = await run('--help');
    for (const text of [said, readme]) expect(codes(text).map(([, code]) => code)).toEqual(wanted);
  });

  it('of status are said where it is explained', async () => {
    expect((await run('status', '--help')).said).toContain('Exit code 0 also when loads have failed');
  });
});

describe('an example', () => {
  const examples = [...helps.map(({ said }) => said), readme].flatMap(examplesIn);

  it('is in the README, too', () => {
    expect(examplesIn(readme)).toContain('replay --rewind --from 2026-11-20T00:00:00Z');
  });

  // Whatever was typed is checked before the configuration is: 78 says that nothing was wrong with it.
  it.each(examples)('dopplershift %s is typed rightly', async (line) => {
    const { code, said } = await run(...line.split(/\s+/), ...NO_FILE);
    expect(said).toContain('no-such-file.yaml');
    expect(code).toBe(78);
  });
});

describe('what is typed wrongly', () => {
  it.each([
    ['', 'Usage'],
    ['stauts', 'status'],
    ['status --frm 2h', '--frm'],
    ['replay', '--table'],
    ['replay --table t', '--from'],
    ['replay --rewind', '--from'],
    ['replay --rewind --from 1h --table t', '--table'],
    ['replay --rewind --from 1h --to 2h', '--rewind'],
    ['replay --table t --from 1h --allow-older', '--force'],
    ['replay --load nonsense', '32 hexadecimal digits'],
    ['retry', '--all-failed'],
    ['retry --all-failed --table t', '--table'],
    ['forget --key-prefix a', '--table'],
    ['forget --table t', '--yes'],
    ['forget --table t --yes --older-than 3d', '--gone'],
    ['forget --gone --load 0123456789abcdef0123456789abcdef', '--load'],
    ['forget --gone --older-than never', 'never'],
    ['forget --table t --load nonsense --yes', '32 hexadecimal digits'],
    ['dead-letters redrive', '--all'],
    ['dead-letters redrive load-requested/1/2 --all', '--all'],
    ['dead-letters skip', 'message'],
    ['dead-letters skip load-requested/1', 'topic/partition/offset'],
  ])('as in dopplershift %s ends with 2 and names %s', async (line, named) => {
    const { code, said } = await run(...line.split(' ').filter(Boolean), ...NO_FILE);
    expect(said).toContain(named);
    expect(code).toBe(2);
  });
});
