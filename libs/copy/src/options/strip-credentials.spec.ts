import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripCredentials } from './strip-credentials.ts';

describe('stripCredentials', () => {
  it.each([
    ["csv IAM_ROLE 'arn:aws:iam::1:role/x' gzip", 'csv gzip'],
    ["iam_role default delimiter ','", "delimiter ','"],
    ["with credentials as 'aws_access_key_id=a;aws_secret_access_key=b' csv", 'csv'],
    ["CREDENTIALS 'aws_iam_role=arn:x' null as 'it''s'", "null as 'it''s'"],
    ["access_key_id 'a' secret_access_key as 'b' session_token 'c' maxerror 5", 'maxerror 5'],
    ["encrypted master_symmetric_key 'k' csv", 'encrypted csv'],
    ['csv gzip', 'csv gzip'],
  ])('%s becomes %s', (text, expected) => {
    expect(stripCredentials(text)).toBe(expected);
  });

  it('leaves no operand of a credential behind, even when the text is malformed', () => {
    const before = fc.constantFrom('csv ', "delimiter ',' ", "csv 'x' ", 'bogus ');
    const lead = fc.constantFrom(
      "secret_access_key '",
      "SECRET_ACCESS_KEY AS '",
      "credentials 'aws_secret_access_key=",
      "with credentials as 'aws_access_key_id=a;aws_secret_access_key=",
      'secret_access_key ',
      'credentials aws_access_key_id=a;aws_secret_access_key=',
      "'aws_secret_access_key=",
    );
    fc.assert(
      fc.property(before, lead, fc.constantFrom("'", '', "' gzip"), (head, option, tail) => {
        expect(stripCredentials(`${head}${option}PLANTED${tail}`)).not.toContain('PLANTED');
      }),
    );
  });
});
