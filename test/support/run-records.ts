import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { runRecordSchema } from "../../src/show/run-record/schema.ts";

/** A record as its JSON file has it. */
export type WrittenRecord = z.input<typeof runRecordSchema>;

/** The records of runs in a folder of reports, month by month, in the order of their names. */
export function readRunRecords(reports: string): WrittenRecord[] {
  const runs = join(reports, "runs");
  if (!existsSync(runs)) return [];
  return readdirSync(runs, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => {
      const json = JSON.parse(readFileSync(join(runs, name), "utf8"));
      runRecordSchema.strict().parse(json);
      return json;
    });
}

/** Control totals that do not agree: what the tests look for, and never want to find. */
export const disagreeing = (records: readonly WrittenRecord[]) =>
  records.flatMap(({ run_id, command, controls }) =>
    controls.filter(({ agrees }) => !agrees).map((control) => ({ run_id, command, ...control })),
  );
