import { SECRET_OPTIONS } from './credential-clauses.ts';
import { lexOptions } from './lex-options.ts';
import type { OptionToken } from './lex-options.ts';

/**
 * The option text without anything that authorizes: plans travel over Kafka and credentials never do
 * (design §2). Works on text that does not parse, too: after a credential's name everything up to its operand
 * goes, and a quote that is never closed takes the rest with it. Other options stay as they were written.
 */
export function stripCredentials(text: string): string {
  const tokens = lexOptions(text);
  const kept: string[] = [];
  for (let i = 0; i < tokens.length;) {
    const length = secretLength(tokens, i);
    const token = tokens[i];
    if (length === 0 && token) kept.push(text.slice(token.at, token.end));
    i += Math.max(length, 1);
  }
  return kept.join(' ');
}

/** An operand of CREDENTIALS that stands somewhere on its own. */
const AWS_PAIR = /(aws_(iam_role|access_key_id|secret_access_key)|master_symmetric_key|^token)\s*=/i;

/** How many tokens from `at` belong to a credential; 0: none. */
function secretLength(tokens: readonly OptionToken[], at: number): number {
  const start = isWord(tokens[at], 'WITH') && isWord(tokens[at + 1], 'CREDENTIALS') ? at + 1 : at;
  const token = tokens[start];
  if (token?.kind === 'unclosed') return tokens.length;
  if (token === undefined) return 0;
  if (AWS_PAIR.test(token.kind === 'text' ? token.value : token.text)) return 1;
  if (token.kind === 'text') return 0;
  if (!SECRET_OPTIONS.includes(token.text.toUpperCase())) return 0;
  const operand = isWord(tokens[start + 1], 'AS') ? start + 2 : start + 1;
  return operand + 1 - at;
}

function isWord(token: OptionToken | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text.toUpperCase() === word;
}
