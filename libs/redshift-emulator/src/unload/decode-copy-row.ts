/** A line of PostgreSQL's COPY text format as its values (Postgres manual, COPY, "Text Format"). */
export function decodeCopyRow(line: Buffer): (string | null)[] {
  // the last byte is the end of the line
  const text = line.toString('utf8', 0, line.length - 1);
  const fields = text.split('\t');
  return text.includes('\\') ? fields.map(decodeField) : fields;
}

function decodeField(field: string): string | null {
  if (field === '\\N') return null;
  return field.includes('\\') ? field.replace(/\\(.)/gs, decodeEscape) : field;
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
