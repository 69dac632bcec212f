import { kindName } from '../document/document-node.ts';
import type { DocumentNode, MapNode } from '../document/document-node.ts';
import { suggestion } from '../document/nearest.ts';
import { printProblem, readDocument } from '../document/read-document.ts';
import { checkJob } from './check-job.ts';
import type { ParsedJob } from './job.ts';
import { JOB_FLAGS, jobFlagNamed, jobFlagNames } from './job-flags.ts';
import type { JobFlagName } from './job-flags.ts';
import { readFlags } from './read-flags.ts';
import { splitWords } from './split-words.ts';

/** bytes of a job as it comes over HTTP */
export const JOB_BYTES_MAX = 65_536;

/** The flags of a command line, without the command. */
export function parseJobFlags(words: readonly string[]): ParsedJob {
  const { given, problems } = readFlags(words);
  return checkJob(given, problems);
}

/** The body of a job's POST: one line of flags, as rio posts it, or a JSON object with the same names. */
export function parseJobPayload(bytes: Uint8Array): ParsedJob {
  if (bytes.byteLength > JOB_BYTES_MAX)
    return refused(`${bytes.byteLength} bytes; a job has at most ${JOB_BYTES_MAX}`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refused('not UTF-8 text');
  }
  // oxlint-disable-next-line no-control-regex -- that is what makes it no text
  if (/[\0-\x08\x0e-\x1f\x7f]/.test(text)) return refused('not a text: it holds control characters');
  if (text.trim() === '') return refused('empty; expected flags such as --bucket b --schema s --tables t');
  return text.trimStart().startsWith('{') ? parseJobJson(bytes) : parseJobText(text);
}

export function parseJobText(text: string): ParsedJob {
  const split = splitWords(text);
  return split.kind === 'problem' ? refused(split.message) : parseJobFlags(split.words);
}

export function parseJobJson(bytes: Uint8Array): ParsedJob {
  const document = readDocument(bytes, 'json');
  if (document.kind === 'problem') return refused(printProblem(document.problem));
  if (document.root.kind !== 'map') return refused('expected a JSON object with the names of the flags');
  return checkJob(...readObject(document.root));
}

function readObject(root: MapNode): [Map<JobFlagName, string>, string[]] {
  const given = new Map<JobFlagName, string>();
  const problems: string[] = [];
  for (const { key, value } of root.entries) {
    const name = key.kind === 'string' ? key.value : '';
    const flag = jobFlagNamed(name);
    if (!flag) {
      problems.push(`${JSON.stringify(name.slice(0, 40))}: no such flag${suggestion(name, jobFlagNames())}`);
      continue;
    }
    const text = textOf(flag, value);
    if (text === undefined) problems.push(`--${flag}: expected ${wanted(flag)}, found ${kindName(value)}`);
    else given.set(flag, text);
  }
  return [given, problems];
}

function wanted(flag: JobFlagName): string {
  if (flag === 'tables') return 'a string or a list of strings';
  return JOB_FLAGS[flag].takes === 'yes-or-no' ? 'true or false' : 'a string';
}

function textOf(flag: JobFlagName, node: DocumentNode): string | undefined {
  if (node.kind === 'nil') return '';
  if (node.kind === 'string') return node.value;
  if (node.kind === 'boolean' && JOB_FLAGS[flag].takes === 'yes-or-no') return String(node.value);
  if (node.kind !== 'vector' || flag !== 'tables') return undefined;
  const names = node.items.map((item) => (item.kind === 'string' ? item.value : undefined));
  return names.every((name) => name !== undefined) ? names.join(',') : undefined;
}

function refused(problem: string): ParsedJob {
  return { kind: 'problems', problems: [problem] };
}
