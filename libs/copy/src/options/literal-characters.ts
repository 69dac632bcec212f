const ESCAPES = /\\(?:([0-3][0-7]{2})|(0)|([tnr\\]))/g;
const NAMED: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', '\\': '\\' };

/** `\ddd` octal, `\0`, `\t`, `\n`, `\r`, `\\`; any other backslash is itself, so that `\N` stays `\N`. */
export function readCharacters(literal: string): string {
  return literal.replace(ESCAPES, (whole: string, octal?: string, nul?: string, name?: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    if (nul !== undefined) return '\0';
    return NAMED[name ?? ''] ?? whole;
  });
}

/** The quoted literal that `readCharacters` reads back. */
export function printCharacters(text: string): string {
  const inner = [...text].map((char) => {
    if (char === '\\') return '\\\\';
    if (char === "'") return "''";
    const code = char.charCodeAt(0);
    return code < 0x20 || code === 0x7f ? `\\${code.toString(8).padStart(3, '0')}` : char;
  });
  return `'${inner.join('')}'`;
}

/** A literal without escapes, e.g. an S3 url or a date pattern. */
export function printText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** One to `most` characters of ASCII, NUL not among them. */
export function isAsciiText(text: string, limits: { readonly most: number }): boolean {
  const codes = [...text].map((char) => char.charCodeAt(0));
  return codes.length > 0 && codes.length <= limits.most && codes.every((code) => code > 0 && code < 0x80);
}
