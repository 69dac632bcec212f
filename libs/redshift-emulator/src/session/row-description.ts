import type { Frame } from '../wire/frame-splitter.ts';

/** Redshift's SUPER; here it is jsonb, which clients would decode otherwise. */
const SUPER_OID = 4000;
const JSONB_OID = 3802;
/** after a column's name: table (4), attribute (2), type (4), length (2), modifier (4), format (2) */
const TYPE_AT = 6;
const COLUMN_BYTES = 18;

/** A RowDescription in which SUPER has Redshift's own type number. */
export function redshiftColumns(frame: Frame): Buffer {
  if (frame.body.length < 2) return frame.bytes;
  let copy: Buffer | undefined;
  let at = 2;
  const head = frame.bytes.length - frame.body.length;
  for (let left = frame.body.readUInt16BE(0); left > 0; left--) {
    at = frame.body.indexOf(0, at) + 1;
    if (frame.body.readInt32BE(at + TYPE_AT) === JSONB_OID) {
      copy ??= Buffer.from(frame.bytes);
      copy.writeInt32BE(SUPER_OID, head + at + TYPE_AT);
    }
    at += COLUMN_BYTES;
  }
  return copy ?? frame.bytes;
}
