import { count } from "../../../core/count.ts";
import type { Cents } from "../../../core/money.ts";
import type { Sides, TieOutKey } from "../../../core/tie-out/schema.ts";
import { type Html, html, outside } from "../../../html/markup.ts";
import { number, section, usDate } from "../../../html/parts.ts";
import { type Column, longTable, table } from "../../../html/table.ts";
import { barRows, stackedBar } from "../charts.ts";
import type { ReportFiles } from "../files.ts";
import type { Report } from "../schema.ts";
import { fileLink, KIND_SHORT, money, showCode } from "./words.ts";

/** In proportion only: a picture needs no cent. */
const proportion = (amount: Cents): number => Math.abs(Number(amount));

export function moneySection({ money: stands }: Report): Html {
  const parts = [
    { key: "posted", name: "Posted", what: "in Sage, as exported", amount: stands.posted },
    {
      key: "awaiting",
      name: "Awaiting posting",
      what: "exported, nothing in Sage yet",
      amount: stands.awaiting_posting,
    },
    {
      key: "differing",
      name: "Differing",
      what: "exported, and Sage shows something else",
      amount: stands.differing,
    },
    {
      key: "accepted",
      name: "Closed by a person",
      what: "exported, difference accepted",
      amount: stands.accepted_difference,
    },
    { key: "waiting", name: "Waiting", what: "accepted, for the next export", amount: stands.waiting },
    { key: "held", name: "Held", what: "accepted, and something must be mended first", amount: stands.held },
  ];
  return html`<section id="money">
<h2>Where the money stands</h2>
${stackedBar(
  "Where the money stands",
  parts.map(({ key, name, amount }) => ({ name, tone: key, size: proportion(amount), value: money(amount) })),
)}
${table(
  [
    { title: "Where", value: ({ key, name }) => html`<span class="key ${key}"></span>${name}` },
    { title: "What it means", value: ({ what }) => what },
    { title: "Amount", kind: "amount", value: ({ amount }) => money(amount) },
  ],
  parts,
)}
</section>`;
}

export function ageSection(
  { open_by_age: ages, waiting_lines: waiting }: Report,
  { waitingLines, workbook }: ReportFiles,
): Html {
  const lines = ages.reduce((sum, { waiting, differing }) => sum + waiting.lines + differing.lines, 0);
  return section(
    "age",
    "How old what is open is",
    "Nothing is open.",
    lines,
    () => html`${barRows(
      "How old what is open is",
      ages.map(({ days, waiting, differing }) => ({
        name: `${days.replace("-", "–")} days`,
        shares: [
          {
            name: "awaiting posting",
            tone: "awaiting",
            size: proportion(waiting.amount),
            value: money(waiting.amount),
          },
          {
            name: "differing",
            tone: "differing",
            size: proportion(differing.amount),
            value: money(differing.amount),
          },
        ],
      })),
    )}
${table(
  [
    { title: "Age in days", value: ({ days }) => days.replace("-", "–") },
    { title: "Lines awaiting posting", kind: "amount", value: ({ waiting }) => number(waiting.lines) },
    { title: "Amount", kind: "amount", value: ({ waiting }) => money(waiting.amount) },
    { title: "Differences", kind: "amount", value: ({ differing }) => number(differing.lines) },
    { title: "Amount", kind: "amount", value: ({ differing }) => money(differing.amount) },
  ],
  ages,
)}
${
  waiting.count === 0
    ? ""
    : html`<p>${count(waiting.count, "line waits", "lines wait")} for posting and ${waiting.count === 1 ? "is" : "are"} not late; together ${money(waiting.exported)}, the oldest since ${usDate(waiting.since ?? "")}. Each is in ${waitingLines === null ? html`the sheet <i>Waiting for posting</i> of the ${fileLink(workbook, "workbook")}` : fileLink(waitingLines)}.</p>`
}
<p class="soft">Amounts in the table are without their sign. What waits counts from the day its batch was written, a difference from the day it was first seen.</p>`,
  );
}

const sideColumns = <Row>(of: (row: Row) => Sides): Column<Row>[] => [
  { title: "Baseline", kind: "amount", value: (row) => money(of(row).baseline) },
  { title: "Accepted", kind: "amount", value: (row) => money(of(row).accepted) },
  { title: "Exported", kind: "amount", value: (row) => money(of(row).exported) },
  { title: "Posted", kind: "amount", value: (row) => money(of(row).posted) },
  { title: "Unexpected", kind: "amount", value: (row) => money(of(row).unexpected) },
  { title: "Difference", kind: "amount", value: (row) => money(of(row).difference) },
];

export function threeSides({ totals, keys }: Report, { codes, workbook, json }: ReportFiles): Html {
  return html`<section id="sides">
<h2>Accepted, exported, posted</h2>
${table(
  [
    { title: "Kind", value: ({ name }) => name },
    ...sideColumns<{ name: string; sides: Sides }>(({ sides }) => sides),
  ],
  [
    { name: "Original estimates", sides: totals.originals },
    { name: "Approved changes", sides: totals.approved_changes },
  ],
)}
<p class="soft">Accepted: as recorded when the batches were claimed, baseline included. Difference: posted and unexpected, less exported.
${count(keys.count, "code")} compared one by one, ${number(keys.tieOut)} ${keys.tieOut === 1 ? "ties" : "tie"} out; Sage's own totals were compared on ${number(keys.totalsCompared)}, ${number(keys.totalsDiffering)} ${keys.totalsDiffering === 1 ? "differs" : "differ"}.
Every code is in ${codes === null ? html`the sheet <i>Codes</i> of the ${fileLink(workbook, "workbook")}` : fileLink(codes)} and in the ${fileLink(json, "JSON file")} beside this page.</p>
${keys.notAsAccepted.length === 0 ? "" : notAsAccepted(keys.notAsAccepted)}
</section>`;
}

/** Codes that no line differs on, and that are wrong all the same. */
const notAsAccepted = (
  keys: readonly TieOutKey[],
): Html => html`<h3>${count(keys.length, "code")}: accepted is not exported</h3>
<p>What was recorded as accepted since the opening position should be what was exported, code by code.</p>
${longTable<TieOutKey>(
  [
    { title: "Project", kind: "code", value: (one) => outside(one.project_number) },
    {
      title: "Job, extra, code, category",
      value: (one) => html`${showCode(one)}<br><span class="soft">${KIND_SHORT[one.kind]}</span>`,
    },
    { title: "Baseline", kind: "amount", value: (one) => money(one.baseline) },
    { title: "Accepted", kind: "amount", value: (one) => money(one.accepted) },
    { title: "Exported", kind: "amount", value: (one) => money(one.exported) },
    { title: "Posted", kind: "amount", value: (one) => money(one.posted) },
  ],
  keys,
)}`;
