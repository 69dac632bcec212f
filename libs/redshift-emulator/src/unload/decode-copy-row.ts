/** A line of PostgreSQL's COPY text format as its values (Postgres manual, COPY, "Text Format"). */
export function decodeCopyRow(line: Buffer): (string | null)[] {
  return line
    .toString('utf8')
    .replace(/\n$/, '')
    .split('\t')
    .map((field) => (field === '\\N' ? null : field.replace(/\\(.)/gs, decodeEscape)));
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function decodeEscape(_match: string, letter: string): string {
  return ESCAPES[letter] ?? letter;
}
