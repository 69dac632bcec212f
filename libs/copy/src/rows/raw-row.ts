/** characters of a refused row that are shown, where its values may be */
export const RAW_CHARACTERS_MAX = 200;
/** of UTF-8, so that so many characters are in it */
const RAW_BYTES_MAX = 4 * RAW_CHARACTERS_MAX;

/** The row's first characters, without its line end. */
export function beginningOf(source: Buffer): string {
  const text = source.toString('utf8', 0, RAW_BYTES_MAX).replace(/\r?\n$/, '');
  return text.length <= RAW_CHARACTERS_MAX ? text : [...text].slice(0, RAW_CHARACTERS_MAX).join('');
}
