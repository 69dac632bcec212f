import { placeOf, suggestion } from '#sources';
import type { DocumentNode, MapEntry } from '#sources';
import { isBlueshift, translateBlueshift } from './blueshift.ts';
import { SECTION_LIST } from './schema.ts';
import type { Section } from './schema.ts';
import { keyText, refuse } from './file-reading.ts';
import type { FileReading } from './file-reading.ts';
import { dotted } from './setting.ts';
import type { Settings } from './setting.ts';

/** The settings of a configuration file. EDN may write its keys as keywords and in kebab-case. */
export function readSettings(root: DocumentNode, text: string): Settings {
  const reading: FileReading = {
    settings: [],
    problems: [],
    warnings: [],
    placeOf: (node) => {
      const { line, column } = placeOf(text, node.at);
      return `line ${line}, column ${column}`;
    },
  };
  if (root.kind !== 'map') return { ...reading, problems: ['expected a map of sections'] };
  const entries = isBlueshift(root) ? translateBlueshift(root, reading) : root.entries;
  for (const entry of entries) readSection(entry, reading);
  return reading;
}

function readSection({ key, value }: MapEntry, reading: FileReading): void {
  const name = camelCase(keyText(key));
  const section = SECTION_LIST.find(([known]) => known === name)?.[1];
  if (!section) {
    const known = SECTION_LIST.filter(([, { hidden }]) => !hidden).map(([one]) => one);
    refuse(reading, key, `${named(name)}unknown section${suggestion(name, known)}`);
  } else if (section.named) readNamed(name, section, { value, reading });
  else readOptions([name], section, { value, reading });
}

type At = { readonly value: DocumentNode; readonly reading: FileReading };

function readNamed(name: string, section: Section, { value, reading }: At): void {
  for (const entry of entriesOf(value, [name], reading))
    readOptions([name, keyText(entry.key)], section, { value: entry.value, reading });
}

function readOptions(path: readonly string[], section: Section, { value, reading }: At): void {
  const known = Object.keys(section.options);
  for (const { key, value: node } of entriesOf(value, path, reading)) {
    const name = camelCase(keyText(key));
    const full = [...path, name];
    if (!known.includes(name))
      refuse(reading, key, `${dotted(path)}: ${named(name)}unknown option${suggestion(name, known)}`);
    else if (node.kind !== 'nil')
      reading.settings.push({ path: full, value: plain(node), from: reading.placeOf(node) });
  }
}

function entriesOf(node: DocumentNode, path: readonly string[], reading: FileReading): readonly MapEntry[] {
  if (node.kind === 'map') return node.entries;
  if (node.kind !== 'nil') refuse(reading, node, `${dotted(path)}: expected a map`);
  return [];
}

/** Keys are shown, unless one is so long that it is probably a value, and a secret, in the wrong place. */
const SHOWN_CHARS_MAX = 40;

function named(name: string): string {
  return name === '' || name.length > SHOWN_CHARS_MAX || name.includes('/') ? '' : `${name}: `;
}

/** `poll-interval-ms` as EDN has it is `pollIntervalMs`. */
function camelCase(name: string): string {
  return name.replaceAll(/-([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** What zod gets to see: texts, numbers, booleans and lists; anything else fits no option. */
function plain(node: DocumentNode): unknown {
  switch (node.kind) {
    case 'string':
    case 'boolean':
    case 'decimal':
      return node.value;
    case 'integer':
      return Number(node.value);
    case 'keyword':
    case 'symbol':
      return node.name;
    case 'vector':
    case 'list':
    case 'set':
      return node.items.map(plain);
    case 'map':
    case 'tagged':
    case 'char':
    case 'nil':
      return null;
  }
}
