import type { Db } from "../../src/db/db.ts";
import { text } from "../../src/db/values.ts";

/**
 * Whether the database is no SQL Server but a server that speaks its language, which stands in for it on some test
 * beds. What it does otherwise is left out of its tests, each time with the reason.
 */
export async function isStandIn(db: Db): Promise<boolean> {
  if (db.engine === "sqlite") return false;
  const [row] = await db.query(db.sql.build.raw("select @@version as version"));
  return row !== undefined && /postgresql/i.test(text(row, "version"));
}
