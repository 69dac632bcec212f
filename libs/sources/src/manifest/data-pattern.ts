import { RE2JS } from 're2js';

/** characters; a longer one is a mistake */
const PATTERN_CHARS_MAX = 2_000;

/** A user's regular expression. It matches in time linear in the text, whatever the pattern (RE2). */
export type DataPattern = {
  readonly text: string;
  /** the whole of the text matches, as Java's `Matcher.matches` has it */
  readonly matches: (text: string) => boolean;
};

export type CompiledPattern =
  | { readonly kind: 'pattern'; readonly pattern: DataPattern }
  | { readonly kind: 'problem'; readonly message: string };

/**
 * Compiles a pattern written for Java. What RE2 lacks, or would silently read differently from Java, is
 * refused with what to write instead.
 */
export function compilePattern(text: string): CompiledPattern {
  if (text.length > PATTERN_CHARS_MAX)
    return { kind: 'problem', message: `${text.length} characters; at most ${PATTERN_CHARS_MAX}` };
  const remedy = javaOnly(text);
  if (remedy !== undefined) return { kind: 'problem', message: remedy };
  try {
    const compiled = RE2JS.compile(text);
    return { kind: 'pattern', pattern: { text, matches: (whole) => compiled.matches(whole) } };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return { kind: 'problem', message: withoutText(reason) };
  }
}

/** A piece of the pattern this long is shown: longer ones may be a secret in the wrong place. */
const SHOWN_CHARS_MAX = 3;

/** RE2 ends its sentences with the piece of the pattern that they are about. */
function withoutText(reason: string): string {
  const sentence = reason.replace(/^error parsing regexp: /, '');
  const piece = /: `(.*)`$/s.exec(sentence);
  return piece && (piece[1] ?? '').length > SHOWN_CHARS_MAX ? sentence.slice(0, piece.index) : sentence;
}

/** What to write instead of the first construct that only Java has. */
function javaOnly(text: string): string | undefined {
  // Escaped characters and \Q…\E say nothing about the constructs around them; references and \Z stay.
  const bare = text.replaceAll(/\\Q.*?(?:\\E|$)|\\[pPx]\{[^}]*\}|\\[^1-9kZ]/gs, 'x');
  const outside = bare.replaceAll(/\[\^?\]?(?:\[:\w*:\]|[^\]])*\]/gs, 'x');
  return (
    IN_CLASSES.find(({ sign }) => sign.test(bare))?.remedy ??
    OUTSIDE_CLASSES.find(({ sign }) => sign.test(outside))?.remedy
  );
}

type Construct = { readonly sign: RegExp; readonly remedy: string };

const IN_CLASSES: readonly Construct[] = [
  {
    sign: /\[[^\]]*&&/,
    remedy: 'class intersections [a&&[b]] are not supported; list the characters that are meant',
  },
  {
    sign: /\[[^\]]*\[(?!:)/,
    remedy: 'a class inside a class is not supported; write \\[ for a bracket, [abc] for [a[bc]]',
  },
];

const OUTSIDE_CLASSES: readonly Construct[] = [
  {
    sign: /\(\?(?:=|!|<=|<!)/,
    remedy:
      'lookahead and lookbehind are not supported, since they do not run in linear time; ' +
      'say what the whole key looks like instead',
  },
  { sign: /\(\?>/, remedy: 'atomic groups (?>…) are not needed here; write (?:…)' },
  {
    sign: /(?:[*+?]|\{\d+(?:,\d*)?\})\+/,
    remedy: 'possessive quantifiers (*+ ++ ?+) are not needed here; leave the last + out',
  },
  {
    sign: /\\(?:[1-9]|k)/,
    remedy: 'references to a group (\\1, \\k) are not supported, since they do not run in linear time',
  },
  { sign: /\\Z/, remedy: '\\Z is not needed, the pattern has to match the whole key anyway; leave it out' },
];
