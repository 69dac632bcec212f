import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '#contracts';
import { parseManifest } from '#sources';
import { runProgram } from '../apps/cli/src/program.ts';
import { TARGETS } from './bootstrap.mjs';
import { FLOORS } from './tidy/house-rules.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(at(path), 'utf8');

const DECISIONS = readdirSync(at('docs/decisions')).map((name) => `docs/decisions/${name}`);
const GUIDES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'];
const REDSHIFT = ['docs/redshift-emulator.md', 'docs/redshift-fidelity.md'];
const PAGES = [...GUIDES, 'docs/copy.md', ...REDSHIFT, ...DECISIONS];
const ROOMS = /`((?:apps|libs|tools|tests|docs|examples)\/[\w./-]*)`/g;

function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, first = '']) => first);
}

/** `dopplershift replay --rewind …` as the arguments a shell makes of it. */
function typed(text: string): string[][] {
  return found(text, /(?<=^|`)(?:npx )?dopplershift ([a-z][^`\n|]*)/gm).map((line) => line.trim().split(' '));
}

async function helpOf(subcommand: string): Promise<{ readonly exit: number; readonly help: string }> {
  const lines: string[] = [];
  const write = (text: string): void => void lines.push(text);
  const exit = await runProgram([subcommand, '--help'], { out: write, err: write });
  return { exit, help: lines.join('\n') };
}

describe('the pages', () => {
  it.each(PAGES)('%s names only what is there', (page) => {
    const links = found(read(page), /\]\(([^)#:]+)\)/g).map((link) => join(dirname(page), link));
    const paths = found(read(page), ROOMS);
    expect([...links, ...paths].filter((path) => !existsSync(at(path)))).toEqual([]);
  });

  it('tell the journey of a file by files', () => {
    const journey = /## One file's journey(.*?)\n## /s.exec(read('ARCHITECTURE.md'))?.[1] ?? '';
    const steps = journey.split(/^\d+\. \*\*/m).slice(1);
    expect(steps.length).toBeGreaterThan(7);
    expect(steps.filter((step) => found(step, /`([\w/.-]+\.ts)`/g).length === 0)).toEqual([]);
  });

  it('draw the floors as the tidy spec holds them', () => {
    let floor = '';
    const drawn: Record<string, number> = {};
    for (const row of found(read('ARCHITECTURE.md'), /^\|([^|\n]*\|[^|\n]*)\|/gm)) {
      const [number = '', room = ''] = row.split('|');
      floor = number.trim() || floor;
      for (const name of found(room, /`libs\/([\w-]+)`/g)) drawn[name] = Number(floor);
    }
    expect(drawn).toEqual(FLOORS);
    expect(readdirSync(at('libs')).toSorted()).toEqual(Object.keys(FLOORS).toSorted());
  });

  it.each(DECISIONS)('%s says context, choice and price on one page', (page) => {
    const text = read(page);
    const number = Number(/(\d{4})-/.exec(page)?.[1]);
    expect(text.startsWith(`# ${number}. `)).toBe(true);
    expect(found(text, /^\*\*(\w+)\.\*\*/gm)).toEqual(['Context', 'Choice', 'Price']);
    expect(text.split('\n').length).toBeLessThan(60);
  });

  it('number each decision once, without a gap', () => {
    const numbers = DECISIONS.map((page) => Number(/(\d{4})-/.exec(page)?.[1]));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(DECISIONS.map((_, index) => index + 1));
  });
});

describe('the commands that the pages tell people to type', () => {
  const pages = [...PAGES, 'CHANGELOG.md', 'docker-compose.yml'].map(read).join('\n');

  it('are scripts of package.json, and targets of the bootstrap', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const names = new Set(found(pages, /npm (?:run (?:--\w+ )?)?([a-z][\w:-]*)/g));
    names.delete('ci');
    names.delete('package');
    names.delete('packages');
    expect(names.size).toBeGreaterThan(6);
    expect([...names].filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
    const targets = found(Object.values(scripts).join('\n'), /bootstrap\.mjs (\w+)/g);
    expect(targets.toSorted()).toEqual(Object.keys(TARGETS).toSorted());
  });

  it.each(typed(pages))('dopplershift %s … is understood', async (subcommand, ...rest) => {
    const { exit, help } = await helpOf(subcommand);
    expect({ subcommand, exit }).toEqual({ subcommand, exit: 0 });
    expect(help).toContain(`Usage: dopplershift ${subcommand}`);
    for (const option of rest.filter((word) => word.startsWith('--'))) expect(help).toContain(option);
  });

  it('name every subcommand there is, and no other', async () => {
    const { help } = await helpOf('');
    const there = found(help.slice(help.indexOf('Commands:')), /^ {2}([a-z-]+)/gm);
    const list = /`npx dopplershift` with (.*?), each with/s.exec(read('README.md'))?.[1] ?? '';
    expect(found(list, /`([a-z-]+)`/g).toSorted()).toEqual(
      there.filter((name) => name !== 'help').toSorted(),
    );
  });
});

describe('README.md', () => {
  it('shows a manifest that can be loaded', () => {
    const [text = ''] = found(read('README.md'), /```clojure\n(.*?)```/gs);
    const context = { key: 'airports/manifest.edn', warehouses: { main: { schema: 'public' } } };
    const parsed = parseManifest(Buffer.from(text), { ...context, allowInlineUrls: false });
    expect(parsed).toMatchObject({ kind: 'manifest' });
  });

  it('lists the events there are', () => {
    const rows = found(read('README.md'), /^\| (`(?:load|clean|sweep)-.*?) \|/gm);
    const names = rows.flatMap((row) => found(row, /`([a-z-]+)`/g));
    expect(names.toSorted()).toEqual([...EVENT_TYPES].toSorted());
  });

  it('stays short', () => {
    expect(read('README.md').split('\n').length).toBeLessThan(160);
  });
});
