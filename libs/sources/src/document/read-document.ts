import { readEdn } from '../edn/read-edn.ts';
import { DOCUMENT_BYTES_MAX, DocumentSyntaxError, placeOf } from './document-node.ts';
import type { DocumentNode } from './document-node.ts';
import { readJson } from './read-json.ts';
import { readYaml } from './read-yaml.ts';

export type DocumentFormat = 'edn' | 'json' | 'yaml';

/** What is wrong with a document, and where; line and column from 1. */
export type DocumentProblem = {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
};

export type ReadDocument =
  | { readonly kind: 'document'; readonly root: DocumentNode; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: DocumentProblem };

const READERS: Readonly<Record<DocumentFormat, (text: string) => DocumentNode>> = {
  edn: readEdn,
  json: readJson,
  yaml: readYaml,
};

/** By the ending of a file's name; `undefined` for any other. */
export function documentFormat(name: string): DocumentFormat | undefined {
  const ending = /\.(edn|json|yaml|yml)$/.exec(name)?.[1];
  if (ending === 'edn' || ending === 'json' || ending === 'yaml') return ending;
  return ending === 'yml' ? 'yaml' : undefined;
}

export function readDocument(bytes: Uint8Array, format: DocumentFormat): ReadDocument {
  if (bytes.byteLength > DOCUMENT_BYTES_MAX)
    return refused(`${bytes.byteLength} bytes; at most ${DOCUMENT_BYTES_MAX} are read`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refused('not UTF-8 text; save the file as UTF-8');
  }
  try {
    return { kind: 'document', root: READERS[format](text), text };
  } catch (thrown) {
    if (!(thrown instanceof DocumentSyntaxError)) throw thrown;
    return { kind: 'problem', problem: { message: thrown.message, ...placeOf(text, thrown.at) } };
  }
}

function refused(message: string): ReadDocument {
  return { kind: 'problem', problem: { message } };
}

/** `line 3, column 5: message` */
export function printProblem(problem: DocumentProblem): string {
  const { line, column, message } = problem;
  return line === undefined ? message : `line ${line}, column ${column ?? 1}: ${message}`;
}
