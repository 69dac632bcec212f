import { UsageError } from './usage-error.ts';

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
type Unit = keyof typeof UNITS_MS;

const RELATIVE = /^(\d{1,9})\s*([smhdw])$/;
const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const ZONED = /(Z|[+-]\d{2}:\d{2})$/;

/**
 * A moment, epoch ms: ISO 8601 (UTC where no zone is given, since events are), or a time back from now:
 * `45s`, `30m`, `2h`, `3d`, `1w`.
 * @throws UsageError
 */
export function parseTime(text: string, now: number): number {
  const [, count, unit] = RELATIVE.exec(text.trim()) ?? [];
  if (count !== undefined && isUnit(unit)) return now - Number(count) * UNITS_MS[unit];
  const at = ISO.test(text.trim()) ? parseIso(text.trim()) : Number.NaN;
  if (Number.isNaN(at))
    throw new UsageError(`${JSON.stringify(text)} is no time; write e.g. 2026-11-20T08:00:00Z, 2h or 3d`);
  return at;
}

function parseIso(text: string): number {
  const at = Date.parse(!text.includes('T') || ZONED.test(text) ? text : `${text}Z`);
  // Date.parse takes 31 February for 3 March.
  const day = Number(text.slice(8, 10));
  const lastDay = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return day > lastDay ? Number.NaN : at;
}

function isUnit(text: string | undefined): text is Unit {
  return text !== undefined && text in UNITS_MS;
}

/** Whole seconds, UTC. @param at epoch ms */
export function printTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** One number and one unit, cut down: `59 s`, `3 min`, `2 h`, `5 d`. @param ms never negative */
export function printAge(ms: number): string {
  if (ms < UNITS_MS.m) return `${Math.floor(ms / UNITS_MS.s)} s`;
  if (ms < UNITS_MS.h) return `${Math.floor(ms / UNITS_MS.m)} min`;
  if (ms < 2 * UNITS_MS.d) return `${Math.floor(ms / UNITS_MS.h)} h`;
  return `${Math.floor(ms / UNITS_MS.d)} d`;
}
