import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type RunRecord, runRecordSchema } from "../../src/show/run-record/schema.ts";

/** The records of runs in a folder of reports, month by month, in the order of their names. */
export function readRunRecords(reports: string): RunRecord[] {
  const runs = join(reports, "runs");
  if (!existsSync(runs)) return [];
  return readdirSync(runs, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => runRecordSchema.strict().parse(JSON.parse(readFileSync(join(runs, name), "utf8"))));
}

/** Control totals that do not agree: what the tests look for, and never want to find. */
export const disagreeing = (records: readonly RunRecord[]) =>
  records.flatMap(({ run_id, command, controls }) =>
    controls.filter(({ agrees }) => !agrees).map((control) => ({ run_id, command, ...control })),
  );
