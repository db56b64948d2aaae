import { groupBy } from "../../core/group-by.ts";
import { joinKey } from "../../core/key.ts";
import { LINE_STATE_WORDS, stateCounts } from "../../core/state-words.ts";
import type { BatchState } from "../../core/states.ts";
import type { BatchesResult, BatchResult, BatchSummary } from "../../run/look/batches.ts";
import { companyTitle, KIND_WORDS, keyColumns, moment, money, NO_COMPANY } from "./parts.ts";
import { type Block, type Column, page, table, wrap } from "./table.ts";

const BATCH_STATE_WORDS: Readonly<Record<BatchState, string>> = {
  claimed: "begun, not written yet; the next export finishes it",
  written: "written",
};

const tiedOut = ({ tied_out, lines }: BatchSummary): string =>
  `${tied_out.toLocaleString("en-US")} of ${lines.toLocaleString("en-US")}`;

const SUMMARY_COLUMNS: readonly Column<BatchSummary>[] = [
  { title: "Batch", value: (batch) => batch.batch_id },
  { title: "Created", value: (batch) => batch.created_at.slice(0, 10) },
  { title: "Original", value: (batch) => money(batch.original), align: "right" },
  { title: "Changes", value: (batch) => money(batch.approved_changes), align: "right" },
  { title: "Tied out", value: tiedOut, align: "right" },
];

/** `tieout batches`: every batch with its totals, its projects and how far its lines are. */
export function batchesText({ companies }: BatchesResult): string {
  if (companies.length === 0) return page([NO_COMPANY]);
  return page(
    companies.map(({ company, batches }) => [
      ...companyTitle(company),
      ...(batches.length === 0 ? ["  No batch has been written yet."] : summaryLines(batches)),
    ]),
  );
}

function summaryLines(batches: readonly BatchSummary[]): string[] {
  const [titles = "", ...rows] = table(SUMMARY_COLUMNS, batches, 2);
  const details = batches.map((batch) => [
    ...wrap(
      batch.projects.length === 1 ? `project ${batch.projects[0]}` : `projects ${batch.projects.join(", ")}`,
      6,
      8,
    ),
    ...wrap(whereItStands(batch), 6, 8),
  ]);
  return [titles, ...rows.flatMap((row, i) => [row, ...(details[i] ?? [])])];
}

const whereItStands = (batch: BatchSummary): string =>
  [BATCH_STATE_WORDS[batch.state], stateCounts(batch.states)].filter((part) => part !== "").join(": ");

type ImportLine = BatchResult["import_lines"][number];

/** `tieout batches show`: one batch with its totals, its lines and the entries posted for them. */
export function batchText(batch: BatchResult): string {
  const facts: readonly (readonly [string, string])[] = [
    ["Company", batch.company],
    ["State", whereItStands(batch)],
    ["Created", moment(batch.created_at)],
    ["Written", batch.written_at === null ? "not yet" : moment(batch.written_at)],
    ["Transaction date", batch.transaction_date],
    ["Projects", batch.projects.join(", ")],
    ["Original estimates", money(batch.original)],
    ["Approved changes", money(batch.approved_changes)],
    ["Lines tied out", tiedOut(batch)],
    ["Folder", batch.folder],
  ];
  const indent = 2 + Math.max(...facts.map(([name]) => name.length)) + 2;
  const parts = groupBy(batch.import_lines, ({ project_number, job, kind }) =>
    joinKey(project_number, job, kind),
  );
  return page([
    [
      ...wrap(`Batch ${batch.batch_id}`),
      ...facts.flatMap(([name, value]) => wrap(`${name.padEnd(indent - 2)}${value}`, 2, indent)),
      // In a line of its own: 64 characters do not fit beside the name.
      ...(batch.manifest_sha256 === null
        ? []
        : ["  SHA-256 of the manifest", ...wrap(batch.manifest_sha256, 4)]),
    ],
    ...[...parts.values()].map(partBlock),
    batch.import_lines.length === 0
      ? ["It has no lines."]
      : wrap("With --json, each line names the budget lines behind it."),
  ]);
}

function partBlock(lines: readonly ImportLine[]): Block {
  const [first] = lines;
  if (!first) return [];
  const [titles = "", ...rows] = table(
    [
      { title: "Line", value: (line) => String(line.line_no), align: "right" },
      ...keyColumns(lines),
      { title: "Amount", value: (line) => money(line.amount), align: "right" },
      { title: "Posted", value: (line) => money(line.posted), align: "right" },
      { title: "State", value: stateWords },
    ],
    lines,
    2,
  );
  return [
    ...wrap(`Project ${first.project_number}, job ${first.job}, ${KIND_WORDS[first.kind].toLowerCase()}`),
    titles,
    ...rows.flatMap((row, i) => [row, ...postingLines(lines[i])]),
  ];
}

const stateWords = ({ in_file, state }: ImportLine): string =>
  in_file ? LINE_STATE_WORDS[state] : "not in the file";

function postingLines(line: ImportLine | undefined): string[] {
  if (!line) return [];
  const postings = line.postings.map(
    ({ run, sequence, amount }) => `run ${run}, sequence ${sequence}: ${money(amount)}`,
  );
  return [
    ...(postings.length === 0 ? [] : wrap(postings.join("; "), 8, 10)),
    ...(line.ambiguous ? wrap("The entries could be told apart in more than one way.", 8, 10) : []),
  ];
}
