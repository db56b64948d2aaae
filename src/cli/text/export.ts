import type { ExportResult } from "../../run/results.ts";
import { count, money, paragraphs, table } from "./layout.ts";
import { holdsList, troubleText, unassignedText } from "./parts.ts";

export function exportText({ companies, unassigned }: ExportResult): string {
  return paragraphs([
    ...companies.flatMap((company) => [
      company.company,
      company.batches.length > 0
        ? table(
            ["batch", "file", "lines>", "amount>"],
            company.batches.flatMap((batch) =>
              batch.files.map((file) => [
                batch.batch_id + (batch.recovered ? " (finished)" : ""),
                file.kind === "original" ? "1 original" : "2 approved changes",
                String(file.lines),
                money(file.amount_total),
              ]),
            ),
          )
        : "  Nothing to export.",
      company.nothing_to_send.length > 0
        ? `  ${count(company.nothing_to_send.length, "document")} synced without a batch: no difference to send.`
        : null,
      holdsList(company.holds),
      troubleText(company),
    ]),
    unassignedText(unassigned),
  ]);
}
