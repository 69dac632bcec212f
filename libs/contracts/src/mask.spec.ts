import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskOf } from './mask.ts';
import { Secret } from './secret.ts';

describe('the mask of secrets', () => {
  it('hides a secret as it is, as JSON and as a url spell it', () => {
    const value = fc.string({ minLength: 4, unit: 'grapheme-ascii' }).filter((text) => !text.includes('*'));
    fc.assert(
      fc.property(value, fc.string(), (password, around) => {
        const hide = maskOf([new Secret(password)]);
        expect(hide(`${password}${around}`)).not.toContain(password);
        expect(hide(JSON.stringify({ password }))).not.toContain(JSON.stringify(password).slice(1, -1));
        expect(hide(`postgres://u:${encodeURIComponent(password)}@h`)).not.toContain(
          encodeURIComponent(password),
        );
      }),
    );
  });

  it('hides the longer of two secrets as a whole, and leaves very short ones alone', () => {
    const hide = maskOf([new Secret('word'), new Secret('password'), new Secret('a')]);
    expect(hide('a password, a word')).toBe('a ***, a ***');
  });
});
