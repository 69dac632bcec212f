import type { Faults } from '../faults.ts';
import { ident, literal } from '../sql/quote.ts';
import type { TokenCursor } from '../sql/token-cursor.ts';
import { StatementError } from '../wire/server-message.ts';
import type { Plan } from './plan.ts';

/** The names that a client changes troubles by: `set emulator.cut_commits to 1`. */
const NUMBERS = {
  latency_ms: 'latencyMs',
  cut_commits: 'cutCommits',
  conflict_every: 'conflictEvery',
  stop_copies: 'stopCopies',
  copy_stop_bytes: 'copyStopBytes',
} as const;

/** They are the emulator's, not the session's: a load in another session meets them. */
export function setFault(cursor: TokenCursor, isReset: boolean, faults: Faults): Plan {
  const name = readName(cursor);
  if (isReset || name === 'faults') {
    if (!isReset || name !== 'faults') throw unknown(`${name}: only RESET emulator.faults takes back`);
    return done('RESET', () => faults.clear());
  }
  if (!cursor.takeSymbol('=')) cursor.need('to');
  const value = cursor.next().value;
  cursor.needEnd();
  if (name === 'copy_stop') {
    if (value !== 'error' && value !== 'cut' && value !== 'hang')
      throw unknown('copy_stop is error, cut or hang');
    return done('SET', () => faults.set({ copyStop: value }));
  }
  const setting = settingOf(name);
  if (!/^\d{1,9}$/.test(value)) throw unknown(`${name} takes a whole number`);
  return done('SET', () => faults.set({ [setting]: Number(value) }));
}

export function showFault(cursor: TokenCursor, faults: Faults): Plan {
  const name = readName(cursor);
  const value = name === 'copy_stop' ? faults.settings.copyStop : String(faults.settings[settingOf(name)]);
  return { kind: 'forward', sql: `select ${literal(value)} as ${ident(`emulator.${name}`)}` };
}

function readName(cursor: TokenCursor): string {
  cursor.need('emulator');
  cursor.needSymbol('.');
  return cursor.name();
}

function settingOf(name: string): (typeof NUMBERS)[keyof typeof NUMBERS] {
  if (isNumber(name)) return NUMBERS[name];
  throw unknown(`${name} is none of: ${[...Object.keys(NUMBERS), 'copy_stop'].join(', ')}`);
}

const isNumber = (name: string): name is keyof typeof NUMBERS => Object.hasOwn(NUMBERS, name);

function done(tag: string, change: () => void): Plan {
  return {
    kind: 'act',
    act: () => {
      change();
      return Promise.resolve(tag);
    },
  };
}

function unknown(why: string): StatementError {
  return new StatementError({ sqlState: '42704', message: `emulator.${why}` });
}
