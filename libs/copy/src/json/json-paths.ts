import { Failure } from '#contracts';

/** Member names and array indexes from the root. */
export type JsonPath = readonly (string | number)[];

export type JsonPathsSpec =
  | { readonly kind: 'Auto'; readonly ignoreCase: boolean }
  /** the whole document into one column */
  | { readonly kind: 'NoShred' }
  /** the n-th path fills the n-th column */
  | { readonly kind: 'Paths'; readonly paths: readonly JsonPath[] };

const PATHS_MAX = 1600;
const INDEX_MAX = 65_535;
const STEPS_MAX = 64;
const DOT_STEP = /\.(?<name>[^.[\]'"\s]+)|\[(?<index>\d{1,5})\]/y;
const BRACKET_STEP =
  /\[\s*(?:'(?<name>(?:[^'\\]|\\.)*)'|"(?<quoted>(?:[^"\\]|\\.)*)"|(?<index>\d{1,5}))\s*\]/y;

/**
 * Reads a jsonpaths file (reference/redshift-copy.md §2). A key other than "jsonpaths" means 'auto',
 * silently, as on Redshift.
 * @throws Failure `options-invalid`; MAXERROR does not apply
 */
export function parseJsonPathsFile(body: Buffer): JsonPathsSpec {
  const parsed = parseFile(body);
  if (!('jsonpaths' in parsed)) return { kind: 'Auto', ignoreCase: false };
  const list = parsed.jsonpaths;
  if (!Array.isArray(list)) throw refused('"jsonpaths" must be an array of strings');
  if (list.length === 0 || list.length > PATHS_MAX) throw refused(`it needs 1 to ${PATHS_MAX} paths`);
  return { kind: 'Paths', paths: list.map(parsePath) };
}

function parseFile(body: Buffer): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    throw refused('it is no JSON (it must be neither compressed nor encrypted)');
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw refused('it must be one JSON object');
}

function parsePath(path: unknown, index: number): JsonPath {
  const where = `path ${index + 1}`;
  if (typeof path !== 'string') throw refused(`${where} is no string`);
  const text = path.trim();
  if (!text.startsWith('$')) throw refused(`${where} must begin with $`);
  const steps = readSteps(text, DOT_STEP) ?? readSteps(text, BRACKET_STEP);
  if (steps === undefined) {
    throw refused(
      `${where} must be all dots ($.a.b[0]) or all brackets ($['a']['b'][0]), no wildcards or filters`,
    );
  }
  if (steps.length > STEPS_MAX) throw refused(`${where} has more than ${STEPS_MAX} steps`);
  if (steps.some((step) => typeof step === 'number' && step > INDEX_MAX)) {
    throw refused(`${where}: an index above ${INDEX_MAX}`);
  }
  return steps;
}

/** undefined when the whole text is not in this notation. */
function readSteps(text: string, notation: RegExp): JsonPath | undefined {
  const steps: (string | number)[] = [];
  for (let at = 1; at < text.length; at = notation.lastIndex) {
    notation.lastIndex = at;
    const match = notation.exec(text);
    if (match === null) return undefined;
    const { name, quoted, index } = match.groups ?? {};
    steps.push(index === undefined ? (name ?? quoted ?? '').replaceAll(/\\(.)/g, '$1') : Number(index));
  }
  return steps;
}

function refused(why: string): Failure {
  return new Failure('options-invalid', `The jsonpaths file cannot be used: ${why}.`);
}
