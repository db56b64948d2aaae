import type { BatchesResult, BatchResult, BatchSummary } from "../../run/results.ts";
import { count, harmless, money, paragraphs, table, wrap } from "./layout.ts";

export function batchesText({ companies }: BatchesResult): string {
  return paragraphs(
    companies.flatMap((company) => [
      company.company,
      company.batches.length === 0
        ? "  No batch was written yet."
        : table(
            ["batch", "state", "date", "lines>", "tied out>", "original>", "changes>"],
            company.batches.map((batch) => [
              batch.batch_id,
              standing(batch),
              batch.transaction_date,
              String(batch.lines),
              String(batch.tied_out),
              money(batch.original),
              money(batch.approved_changes),
            ]),
          ),
    ]),
  );
}

/** Whether the folder is there, or all of it is in the books. */
const standing = (batch: BatchSummary): string =>
  batch.state === "written" && batch.tied_out === batch.lines ? "tied out" : batch.state;

export function batchText(batch: BatchResult): string {
  const states = Object.entries(batch.states).map(([state, lines]) => `${lines} ${state}`);
  return paragraphs([
    `${batch.batch_id} of ${batch.company}, ${standing(batch)}`,
    `  claimed ${batch.created_at}, written ${batch.written_at ?? "not yet"}, transaction date ${batch.transaction_date}`,
    `  projects ${harmless(batch.projects.join(", "))}`,
    `  original ${money(batch.original)}, approved changes ${money(batch.approved_changes)}`,
    `  ${count(batch.lines, "line")}: ${states.join(", ")}`,
    wrap(batch.folder, "  folder ", "    "),
    `  manifest SHA-256 ${batch.manifest_sha256 ?? "not yet"}`,
    table(
      ["line>", "extra", "cost code", "cat", "amount>", "posted>", "state"],
      batch.import_lines.map((line) => [
        `${line.kind === "original" ? "" : "change "}${line.line_no}`,
        line.extra,
        line.cost_code,
        line.category,
        money(line.amount),
        money(line.posted),
        line.state + (line.ambiguous ? " (?)" : ""),
      ]),
    ),
  ]);
}
