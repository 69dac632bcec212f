import type { SideDoor } from '../session/side-door.ts';

/** Redshift numbers its queries; here only those that leave a trace have a number. */
export async function nextQueryId(side: SideDoor, database: string): Promise<number> {
  const { rows } = await side.run(database, "select nextval('redshift_emulator.query_id')");
  return Number(rows[0]?.[0]);
}
