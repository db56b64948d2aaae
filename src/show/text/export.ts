import type { CompanyExport, ExportResult } from "../../run/export/export.ts";
import { holdBlocks, unassignedBlocks } from "./holds.ts";
import { companyHead, money, NO_COMPANY, nothingToSend } from "./parts.ts";
import { type Block, type Column, page, table, wrap } from "./table.ts";

/** `tieout export`: the batches that were written, and what was not sent and why. */
export function exportText({ companies, unassigned }: ExportResult): string {
  if (companies.length === 0 && unassigned.length === 0) return page([NO_COMPANY]);
  return page([...companies.flatMap(companyBlocks), ...unassignedBlocks(unassigned)]);
}

const companyBlocks = (company: CompanyExport): Block[] => [
  [...companyHead(company), ...summary(company)],
  ...company.batches.map(batchBlock),
  company.batches.some((batch) => batch.files.length > 0)
    ? wrap(
        "Next: import each file in Sage once, then post the entries; the cover sheet in the batch's folder says how.",
      )
    : [],
  nothingToSend(company.nothing_to_send, "are marked as synced"),
  ...(company.holds.length === 0 ? [] : [["Held"], ...holdBlocks(company.holds)]),
];

function summary({ error, batches, nothing_to_send, holds }: CompanyExport): string[] {
  if (error || batches.length > 0) return [];
  return nothing_to_send.length + holds.length === 0
    ? wrap("Nothing to export: no accepted budget or modification is waiting.", 2)
    : wrap("No batch was written.", 2);
}

type WrittenBatch = CompanyExport["batches"][number];

const FILE_COLUMNS: readonly Column<WrittenBatch["files"][number]>[] = [
  { title: "Import file", value: (file) => file.name },
  { title: "Jobs", value: (file) => file.jobs.toLocaleString("en-US"), align: "right" },
  { title: "Lines", value: (file) => file.lines.toLocaleString("en-US"), align: "right" },
  { title: "Amount", value: (file) => money(file.amount_total), align: "right" },
];

const batchBlock = ({ batch_id, recovered, files }: WrittenBatch): Block => [
  ...wrap(
    recovered
      ? `Batch ${batch_id} is written now: an earlier run began it and did not get to the end (recovered).`
      : `Batch ${batch_id} is written.`,
  ),
  ...(files.length === 0
    ? wrap("It has no import file, since every amount came to 0.00.", 2)
    : table(FILE_COLUMNS, files, 2)),
];
