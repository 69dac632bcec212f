export type NumberField = 'year' | 'shortYear' | 'month' | 'day' | 'hour' | 'minute' | 'second';

export type PatternPart =
  /** `digitsMin` equals `digitsMax` where numbers touch without a separator */
  | {
      readonly kind: 'Number';
      readonly field: NumberField;
      readonly digitsMin: number;
      readonly digitsMax: number;
    }
  | { readonly kind: 'MonthName' }
  | { readonly kind: 'Meridiem' }
  | { readonly kind: 'Literal'; readonly byte: number };

export type ParsedPattern = { readonly parts: readonly PatternPart[] } | { readonly problem: string };

const PATTERN_LENGTH_MAX = 100;
/** printable ASCII but letters and digits, and the T and Z of ISO 8601 */
const LITERAL = /^[TZ\x20-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]$/;

/** Longer words come first. In COPY `HH` is 24 h (reference/redshift-copy.md §3). */
const WORDS: readonly (readonly [string, PatternPart])[] = [
  ['YYYY', { kind: 'Number', field: 'year', digitsMin: 4, digitsMax: 4 }],
  ['YY', { kind: 'Number', field: 'shortYear', digitsMin: 2, digitsMax: 2 }],
  ['MON', { kind: 'MonthName' }],
  ['MM', { kind: 'Number', field: 'month', digitsMin: 1, digitsMax: 2 }],
  ['MI', { kind: 'Number', field: 'minute', digitsMin: 1, digitsMax: 2 }],
  ['DD', { kind: 'Number', field: 'day', digitsMin: 1, digitsMax: 2 }],
  ['HH24', { kind: 'Number', field: 'hour', digitsMin: 1, digitsMax: 2 }],
  ['HH12', { kind: 'Number', field: 'hour', digitsMin: 1, digitsMax: 2 }],
  ['HH', { kind: 'Number', field: 'hour', digitsMin: 1, digitsMax: 2 }],
  ['SS', { kind: 'Number', field: 'second', digitsMin: 1, digitsMax: 2 }],
  ['AM', { kind: 'Meridiem' }],
  ['PM', { kind: 'Meridiem' }],
];

/** Reads a DATEFORMAT or TIMEFORMAT string; words in any case. */
export function parsePattern(pattern: string): ParsedPattern {
  if (pattern.length > PATTERN_LENGTH_MAX) return { problem: 'the pattern is too long' };
  const parts: PatternPart[] = [];
  const upper = pattern.toUpperCase();
  for (let at = 0; at < upper.length;) {
    const word = WORDS.find(([name]) => upper.startsWith(name, at));
    if (word !== undefined) {
      parts.push(word[1]);
      at += word[0].length;
      continue;
    }
    const char = pattern.charAt(at++);
    if (!LITERAL.test(char)) return { problem: `"${char}" at ${at} is no part of a date or time` };
    parts.push({ kind: 'Literal', byte: char.charCodeAt(0) });
  }
  return problemOf(parts) ?? { parts: parts.map(fixWidth) };
}

function problemOf(parts: readonly PatternPart[]): { readonly problem: string } | undefined {
  const said = parts.filter((part) => part.kind !== 'Literal').map(unitOf);
  const units = new Set(said);
  if (units.size < said.length) return { problem: 'a part of the date or time occurs twice' };
  return units.has('year') && units.has('month') ? undefined : { problem: 'a year and a month are needed' };
}

function unitOf(part: PatternPart): string {
  if (part.kind === 'MonthName') return 'month';
  if (part.kind !== 'Number') return part.kind;
  return part.field === 'shortYear' ? 'year' : part.field;
}

function fixWidth(part: PatternPart, index: number, parts: readonly PatternPart[]): PatternPart {
  if (part.kind !== 'Number') return part;
  const touches = [parts[index - 1], parts[index + 1]].some((neighbour) => neighbour?.kind === 'Number');
  return touches ? { ...part, digitsMin: part.digitsMax } : part;
}
