import type { CompanyContext } from "../../context.ts";
import { readBatches } from "../../journal/batches.ts";
import { readTrackedLines } from "../../journal/import-lines.ts";
import type { LinesOn } from "./rejects.ts";

/** Import lines on some jobs, with what is known of each. */
export const linesOn =
  ({ db, names, company }: Pick<CompanyContext, "db" | "names" | "company">): LinesOn =>
  async (jobs) =>
    readTrackedLines(db, names, company.id, await readBatches(db, names, company.id), { jobs });
