import { groupBy } from "../../core/group-by.ts";
import type { BatchRecord, ImportLine } from "../../core/import-line.ts";
import { type EstimateKind, joinKey } from "../../core/key.ts";
import { formatMoneyForPeople, sumCents } from "../../core/money.ts";
import { description, encodeText } from "../../core/writable-text.ts";
import { type Html, html, outside } from "../../html/markup.ts";
import { renderPage } from "../../html/page.ts";
import { facts, notice, number, usDate, usMoment } from "../../html/parts.ts";
import { table } from "../../html/table.ts";
import {
  type EstimateFile,
  estimateFilesOf,
  newCostCodesOf,
  newExtrasOf,
  type ProjectTotals,
  projectTotalsOf,
  totalOf,
} from "./contents.ts";
import { STEPS_STYLE } from "./cover-sheet-style.ts";

const KIND_WORDS: Readonly<Record<EstimateKind, string>> = {
  original: "original estimates",
  approved_change: "approved estimate changes",
};

const UNTICKED = html`<span class="tick">☐</span>`;
const TICKED = html`<span class="tick">☑</span>`;

/**
 * `cover-sheet.html`: what an accountant does in Sage with this batch, step by step, with the totals to compare
 * and room to sign. One page without script or outside parts, in UTF-8; it prints on Letter and A4.
 */
export const renderCoverSheet = (record: BatchRecord): Uint8Array => encodeText(page(record), "utf-8");

function page(record: BatchRecord): string {
  const files = estimateFilesOf(record);
  const projects = projectTotalsOf(record);
  return renderPage({
    title: `${record.batchId} cover sheet`,
    kicker: html`${outside(record.company)} · Sage 300 Job Cost estimate import`,
    heading: outside(record.batchId),
    head: html`${onlyProject(projects)}
${facts([
  ["Contains", contains(files)],
  ["Transaction date", usDate(record.transactionDate)],
  ["Written", usMoment(record.createdAt)],
])}`,
    body: html`${files.length === 0 ? nothingToImport() : steps(record, files)}
<section>
<h2>Projects in this batch</h2>
${projectTable(projects)}
${leftOut(record)}
</section>`,
    footer: html`Which budget lines stand behind each amount: <span class="file">${record.batchId}-trace.csv</span>.
Written by Tieout ${record.toolVersion}.`,
    style: STEPS_STYLE,
  });
}

const nothingToImport = (): Html =>
  html`<section><h2>Nothing to import</h2><p>Every key of this batch came to 0.00, so it has no import file.</p></section>`;

function steps(record: BatchRecord, files: readonly EstimateFile[]): Html {
  return html`${notice(
    "bad",
    "Import each file once, and only once.",
    "Sage only warns about a second import of the same file, then adds every amount again. If you are not sure whether a file has been imported, do not import it: ask first.",
  )}
<ol class="steps">
${files.map((file, i) => importStep(record, file, files.slice(0, i)))}
${postStep(record)}
</ol>
${rejects(files)}`;
}

function importStep(record: BatchRecord, file: EstimateFile, earlier: readonly EstimateFile[]): Html {
  const created = new Set(earlier.flatMap((other) => newExtrasOf(other.lines)).map(extraName));
  const newExtras = newExtrasOf(file.lines).filter((line) => !created.has(extraName(line)));
  const codesBefore = new Set(earlier.flatMap((other) => newCostCodesOf(other.lines)).map(costCodeName));
  const newCostCodes = newCostCodesOf(file.lines).filter((line) => !codesBefore.has(costCodeName(line)));
  return html`<li>
<h2>Import the ${KIND_WORDS[file.kind]}</h2>
<ul class="do">
<li>In Sage, open the data folder of ${outside(record.company)}, then
<span class="menu">Job Cost &gt; Tools &gt; Import &gt; Estimates</span>.</li>
<li>Choose the file <span class="file">${file.name}</span>.</li>
<li>${approvedChangeBox(file.kind)}${costCodeBox(record, newCostCodesOf(file.lines).length > 0)}</li>
<li>Import it, then compare Sage’s <span class="menu">Estimate Import Report</span> with this table:</li>
</ul>
${fileTable(file)}
${newExtras.length > 0 ? extraTable(newExtras, record.jce.encoding) : ""}
${newCostCodes.length > 0 ? costCodeTable(newCostCodes) : ""}
${signature(["Imported", "Report compared"])}
</li>`;
}

const approvedChangeBox = (kind: EstimateKind): Html =>
  kind === "original"
    ? html`<div class="box">${UNTICKED} Import as an Approved Estimate Change <strong>must NOT be ticked</strong></div>`
    : html`<div class="box">${TICKED} Import as an Approved Estimate Change <strong>must be TICKED</strong></div>`;

/** Named only where it may ever be ticked. Whoever ticks it in vain lets Sage create a code that was just removed. */
function costCodeBox({ jce }: BatchRecord, creates: boolean): Html {
  if (!jce.create_cost_codes) return html``;
  const name = "Allow creation of Cost Codes not on standard Cost Code list";
  return creates
    ? html`<div class="box">${TICKED} ${name} <strong>must be TICKED</strong></div>`
    : html`<div class="box">${UNTICKED} ${name} <strong>must NOT be ticked</strong></div>`;
}

function fileTable(file: EstimateFile): Html {
  const jobs = [...groupBy(file.lines, (line) => line.key.job).values()];
  return table<readonly ImportLine[]>(
    [
      { title: "Job", kind: "code", value: (lines) => ofFirst(lines, (line) => line.key.job) },
      { title: "Description in Sage", value: (lines) => ofFirst(lines, (line) => line.jobDescription) },
      {
        title: "Lines",
        kind: "count",
        value: (lines) => number(lines.length),
        total: number(file.lines.length),
      },
      {
        title: "Amount",
        kind: "amount",
        value: (lines) => formatMoneyForPeople(totalOf(lines)),
        total: formatMoneyForPeople(totalOf(file.lines)),
      },
    ],
    jobs,
    "Whole file",
  );
}

/** What the lines of one job have in common. */
const ofFirst = (lines: readonly ImportLine[], value: (line: ImportLine) => string): Html[] =>
  lines.slice(0, 1).map((line) => outside(value(line)));

const extraTable = (
  extras: readonly ImportLine[],
  encoding: string,
): Html => html`<h3>New extras that this import creates in Sage</h3>
${table(
  [
    { title: "Job", kind: "code", value: (line) => outside(line.key.job) },
    { title: "Extra", kind: "code", value: (line) => outside(line.key.extra) },
    { title: "Description", value: (line) => outside(description(line.extraDescription, encoding)) },
  ],
  extras,
)}`;

const costCodeTable = (
  lines: readonly ImportLine[],
): Html => html`<h3>New cost codes that this import creates in Sage</h3>
${table(
  [
    { title: "Job", kind: "code", value: (line) => outside(line.key.job) },
    { title: "Extra", kind: "code", value: (line) => outside(line.key.extra) },
    { title: "Cost code", kind: "code", value: (line) => outside(line.key.costCode) },
  ],
  lines,
)}`;

const postStep = (record: BatchRecord): Html => html`<li>
<h2>Post the entries</h2>
<ul class="do">
<li><span class="menu">Job Cost &gt; Tasks &gt; Post Entries</span>. Importing does not post: until the entries are
posted, the amounts are not in job cost and the budgets stay locked.</li>
<li>The entries carry the transaction date ${usDate(record.transactionDate)}.</li>
<li>That is all: the next reconciliation finds the posted entries and unlocks the budgets by itself.</li>
</ul>
${signature(["Posted"])}
</li>`;

const rejects = (files: readonly EstimateFile[]): Html => html`<section>
<h2>If Sage rejects records</h2>
<ul>
<li>Sage writes them to a file that you name. Never import the whole file again: that would add the other records twice.</li>
<li>Correct the records in the file and import it as a file of its own${
  files.length > 1 ? ", with the box set as for the file they came from" : ", with the box set as above"
}; then post.</li>
</ul>
</section>`;

const projectTable = (projects: readonly ProjectTotals[]): Html =>
  table(
    [
      { title: "Number", kind: "code", value: (project) => outside(project.projectNumber) },
      { title: "Project", value: (project) => outside(project.projectName) },
      { title: "Job", kind: "code", value: (project) => outside(project.job) },
      {
        title: "Original",
        kind: "amount",
        value: (project) => formatMoneyForPeople(project.original),
        total: formatMoneyForPeople(sumCents(projects.map((project) => project.original))),
      },
      {
        title: "Changes",
        kind: "amount",
        value: (project) => formatMoneyForPeople(project.approvedChanges),
        total: formatMoneyForPeople(sumCents(projects.map((project) => project.approvedChanges))),
      },
    ],
    projects,
    "Total",
  );

function leftOut(record: BatchRecord): Html {
  const lines = record.lines.filter((line) => !line.inFile).length;
  if (lines === 0) return html``;
  return html`<p>${number(lines)} ${lines === 1 ? "key" : "keys"} (job, extra, cost code, category) came to 0.00 and
${lines === 1 ? "is" : "are"} left out of the files: nothing to do in Sage.</p>`;
}

function onlyProject(projects: readonly ProjectTotals[]): Html {
  const [project, ...others] = projects;
  if (!project || others.length > 0) return html``;
  return html`<p class="lead">${outside(project.projectNumber)} ${outside(project.projectName)}</p>`;
}

function contains(files: readonly EstimateFile[]): string {
  const words = files.map((file) => KIND_WORDS[file.kind]);
  if (words.length === 0) return "no file to import";
  return words.length === 1 ? `1 file: ${words.join()} only` : `2 files: ${words.join(", then ")}`;
}

const signature = (done: readonly string[]): Html =>
  html`<div class="sign">${done.map(
    (word) => html`<span>${UNTICKED}${word}</span>`,
  )}<span class="blank">Name</span><span class="blank date">Date</span></div>`;

const costCodeName = ({ key }: ImportLine): string => joinKey(key.job, key.extra, key.costCode);
const extraName = (line: ImportLine): string => joinKey(line.key.job, line.key.extra);
