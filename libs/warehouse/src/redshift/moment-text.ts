/** `2026-01-02 03:04:05`: whole seconds of UTC, as a session of ours reads a TIMESTAMP. */
export function secondText(epochMs: number): string {
  return plainMoment(Math.floor(epochMs / 1000) * 1000).slice(0, 19);
}

/** `2026-01-02 03:04:05.678`, UTC */
export function plainMoment(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('T', ' ').replace('Z', '');
}

/** `2026-01-02 03:04:05.678+00`, for a TIMESTAMPTZ */
export function momentText(epochMs: number): string {
  return `${plainMoment(epochMs)}+00`;
}
