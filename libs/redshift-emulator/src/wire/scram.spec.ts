import { describe, expect, it } from 'vitest';
import { ScramClient } from './scram.ts';

/** The example of RFC 7677 §3; there the user is named, which PostgreSQL does in its startup message. */
const SERVER_FIRST = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';

describe('ScramClient', () => {
  it('proves that it knows the password, and wants proof of the server', async () => {
    const client = new ScramClient('rOprNGfwEbeRWgbNEkqO');
    expect(client.first()).toBe('n,,n=,r=rOprNGfwEbeRWgbNEkqO');
    const final = await client.final(SERVER_FIRST, 'pencil');
    expect(final).toMatch(/^c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj\)hNlF\$k0,p=[\w+/]{43}=$/);
    expect(client.trusts('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).toBe(false);
  });

  it('does not answer a server that takes another nonce', async () => {
    await expect(new ScramClient('mine').final(SERVER_FIRST, 'pencil')).rejects.toThrow(RangeError);
  });
});
