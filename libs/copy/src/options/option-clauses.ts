/** Every COPY option by its first word: how its operands are read (reference/redshift-copy.md §1–§4). */
import type { CopyOptions } from '../copy-options.ts';
import type { Clause } from './clause.ts';
import { CREDENTIAL_CLAUSES } from './credential-clauses.ts';
import { FORMAT_CLAUSES } from './format-clauses.ts';
import type { GivenOptions } from './given-options.ts';
import { isAsciiText, readCharacters } from './literal-characters.ts';

type Flag = {
  [K in keyof CopyOptions]-?: CopyOptions[K] extends boolean ? K : never;
}[keyof CopyOptions];

function flag(key: Flag): Clause {
  return { read: ({ patch }) => void (patch[key] = true) };
}

function compression(kind: CopyOptions['compression']): Clause {
  return { group: 'compression', read: ({ patch }) => void (patch.compression = kind) };
}

const SWITCH = { ON: 'on', TRUE: 'on', OFF: 'off', FALSE: 'off', PRESET: 'preset' } as const;
const ENCODINGS = { UTF8: 'utf8', UTF16: 'utf16', UTF16LE: 'utf16le', UTF16BE: 'utf16be' } as const;

const CONVERSION_CLAUSES: Readonly<Record<string, Clause>> = {
  ACCEPTANYDATE: flag('acceptAnyDate'),
  ACCEPTINVCHARS: { read: readReplacement },
  BLANKSASNULL: flag('blanksAsNull'),
  DATEFORMAT: { read: readDateFormat },
  EMPTYASNULL: flag('emptyAsNull'),
  ENCODING: { read: readEncoding },
  EXPLICIT_IDS: flag('explicitIds'),
  FILLRECORD: flag('fillRecord'),
  IGNOREBLANKLINES: flag('ignoreBlankLines'),
  IGNOREHEADER: { read: number('ignoreHeader', { least: 0, most: 2_147_483_647 }) },
  NULL: { read: readNullAs },
  ROUNDEC: flag('roundDecimals'),
  SERIALIZETOJSON: flag('serializeToJson'),
  TIMEFORMAT: { read: readTimeFormat },
  TRIMBLANKS: flag('trimBlanks'),
  TRUNCATECOLUMNS: flag('truncateColumns'),
};

const LOAD_CLAUSES: Readonly<Record<string, Clause>> = {
  COMPROWS: { read: number('compRows', { least: 1, most: 1_000_000_000 }) },
  COMPUPDATE: { read: readCompUpdate },
  IGNOREALLERRORS: flag('ignoreAllErrors'),
  MANIFEST: flag('manifest'),
  MAXERROR: { read: number('maxError', { least: 0, most: 100_000 }) },
  NOLOAD: flag('noLoad'),
  READRATIO: { read: number('readRatio', { least: 1, most: 200 }) },
  REGION: { read: readRegion },
  STATUPDATE: { read: readStatUpdate },
  BZIP2: compression('bzip2'),
  GZIP: compression('gzip'),
  LZOP: compression('lzop'),
  ZSTD: compression('zstd'),
};

export const CLAUSES: ReadonlyMap<string, Clause> = new Map(
  Object.entries({
    ...FORMAT_CLAUSES,
    ...CONVERSION_CLAUSES,
    ...LOAD_CLAUSES,
    ...CREDENTIAL_CLAUSES,
  }),
);

function number(
  key: 'compRows' | 'ignoreHeader' | 'maxError' | 'readRatio',
  limits: { readonly least: number; readonly most: number },
): Clause['read'] {
  return ({ cursor, patch }, option) => {
    const value = cursor.takeNumber(option, limits);
    if (value !== undefined) patch[key] = value;
  };
}

function readReplacement({ cursor, patch }: GivenOptions): void {
  const at = cursor.at;
  const isGiven = cursor.takeWord('AS') !== undefined || cursor.peekText();
  const text = isGiven ? cursor.takeText('ACCEPTINVCHARS') : '?';
  if (text === undefined) return;
  const char = readCharacters(text);
  if (isAsciiText(char, { most: 1 })) patch.acceptInvChars = char;
  else cursor.problem('ACCEPTINVCHARS takes one ASCII character other than NUL', at);
}

function readNullAs({ cursor, patch }: GivenOptions): void {
  if (cursor.takeWord('AS') === undefined) cursor.problem('NULL must be followed by AS');
  const at = cursor.at;
  const text = cursor.takeText('NULL AS');
  if (text === undefined) return;
  const marker = readCharacters(text);
  if (/[\r\n]/.test(marker)) cursor.problem('NULL AS cannot hold a line end', at);
  else patch.nullAs = marker;
}

function readDateFormat({ cursor, patch }: GivenOptions): void {
  const pattern = takePattern(cursor, 'DATEFORMAT');
  if (pattern === undefined) return;
  patch.dateFormat = pattern.toLowerCase() === 'auto' ? { kind: 'Auto' } : { kind: 'Pattern', pattern };
}

function readTimeFormat({ cursor, patch }: GivenOptions): void {
  const pattern = takePattern(cursor, 'TIMEFORMAT');
  if (pattern === undefined) return;
  // §3: the keywords are case-sensitive
  if (pattern === 'auto') patch.timeFormat = { kind: 'Auto' };
  else if (pattern === 'epochsecs') patch.timeFormat = { kind: 'EpochSecs' };
  else if (pattern === 'epochmillisecs') patch.timeFormat = { kind: 'EpochMillisecs' };
  else patch.timeFormat = { kind: 'Pattern', pattern };
}

function takePattern(cursor: GivenOptions['cursor'], option: string): string | undefined {
  const at = cursor.at;
  const pattern = cursor.takeText(option);
  if (pattern !== '') return pattern;
  cursor.problem(`${option} is empty`, at);
  return undefined;
}

function readEncoding({ cursor, patch }: GivenOptions): void {
  cursor.takeWord('AS');
  const word = cursor.peekText() ? cursor.takeText('ENCODING')?.toUpperCase() : cursor.peekWord();
  const encoding = Object.entries(ENCODINGS).find(([name]) => name === word)?.[1];
  if (encoding === undefined) return cursor.problem('ENCODING takes UTF8, UTF16, UTF16LE or UTF16BE');
  if (cursor.peekWord() === word) cursor.skip();
  patch.encoding = encoding;
}

function readCompUpdate({ cursor, patch }: GivenOptions): void {
  const word = cursor.takeWord('ON', 'OFF', 'TRUE', 'FALSE', 'PRESET');
  patch.compUpdate = word === undefined ? 'on' : SWITCH[word];
}

function readStatUpdate({ cursor, patch }: GivenOptions): void {
  const word = cursor.takeWord('ON', 'OFF', 'TRUE', 'FALSE');
  patch.statUpdate = word === undefined ? 'on' : SWITCH[word];
}

function readRegion({ cursor, patch }: GivenOptions): void {
  const at = cursor.at;
  const region = cursor.takeText('REGION');
  if (region?.trim() === '') cursor.problem('REGION is empty', at);
  else if (region !== undefined) patch.region = region;
}
