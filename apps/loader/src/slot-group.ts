import { isInlineLane } from '#contracts';

/**
 * Which loads share slots and a circuit: those of one warehouse. A lane is called `warehouse/schema.table`;
 * one whose warehouse is a manifest's own is called `inline:bucket/manifest key/schema.table`, and only what
 * comes last belongs to the table, whose quoted parts may hold slashes of their own.
 */
export function slotGroupOf(lane: string): string {
  if (!isInlineLane(lane)) return lane.slice(0, lane.indexOf('/'));
  const manifest = /^inline:.*?manifest\.(edn|json|yaml|yml)(?=\/)/.exec(lane);
  return manifest?.[0] ?? lane;
}
