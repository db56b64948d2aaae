import type { Context } from "../../context.ts";
import { differencesFromJson, type TieOutDifference } from "../../core/tie-out/schema.ts";
import { readPart } from "../../journal/tie-out-parts.ts";

/**
 * What was said of some jobs last: differences are dated by it. Jobs that were apart until now have a part each.
 */
export async function differencesBefore(
  db: Context["db"],
  names: Context["names"],
  company: string,
  jobs: readonly string[],
): Promise<TieOutDifference[]> {
  const found: TieOutDifference[] = [];
  for (const name of jobs) {
    const body = await readPart(db, names, company, { kind: "codes", name });
    if (body !== null) found.push(...differencesFromJson(body));
  }
  return found;
}
