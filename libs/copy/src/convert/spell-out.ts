const SCIENTIFIC = /^([+-]?)(\d*)(?:\.(\d*))?[eE]([+-]?\d{1,6})$/;

/**
 * `-1.25e3` as `-1250`.
 * @returns undefined when it is no such number, or would need more than `digitsMax` digits
 */
export function spellOut(text: string, digitsMax: number): Buffer | undefined {
  const match = SCIENTIFIC.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (digits === '' || Math.abs(point) + digits.length > digitsMax) return undefined;
  const padded = digits.padStart(digits.length + Math.max(0, -point), '0').padEnd(point, '0');
  const at = Math.max(0, point);
  return Buffer.from(`${sign}${padded.slice(0, at)}.${padded.slice(at)}`.replace(/\.$/, ''), 'latin1');
}
