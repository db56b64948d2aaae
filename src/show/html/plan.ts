import { count } from "../../core/count.ts";
import { ESTIMATE_KINDS } from "../../core/key.ts";
import { type Cents, centsOf, formatMoneyForPeople, sumCents } from "../../core/money.ts";
import { type Html, html, NOTHING, outside } from "../../html/markup.ts";
import { renderPage } from "../../html/page.ts";
import { badge, facts, notice, number, section, usDate, usMoment } from "../../html/parts.ts";
import { type Column, longTable, table } from "../../html/table.ts";
import type { CompanyPlan, PlanLineResult, PlanProjectResult, PlanResult } from "../../run/look/plan.ts";
import { type HeldDocument, type HoldCause, heldByProject, type ShownHold } from "../text/hold-causes.ts";
import { CAUSE_WORDS, copyAge, documentInSentence, documentName, KIND_WORDS, money } from "../text/parts.ts";
import { exportCommand, hasWork } from "../text/plan.ts";

/** Lines of one cause that are named; the others are counted. */
const LINES_NAMED = 12;

/**
 * `tieout plan --html`: the plan as one page for those who decide. At the top what an export would do and the command
 * that does just that; below every document, every amount and its reason, and what stays behind.
 */
export const renderPlan = (
  plan: PlanResult,
  { madeBy, toolVersion }: { readonly madeBy: string; readonly toolVersion: string },
): string => {
  const { companies, planned_at, plan_id, unassigned } = plan;
  const figures = companies.map(figuresOf);
  return renderPage({
    title: `Plan ${plan_id}`,
    kicker: html`${companies.map(({ company }) => html`${outside(company)} · `)}Plan of an export to Sage 300 Job Cost`,
    heading: html`${heading(figures)}`,
    head: html`<p class="lead">${lead(figures, unassigned)}</p>
${facts([
  ["Planned", usMoment(planned_at)],
  ["Transaction date", transactionDates(companies)],
  ["Plan", html`<span class="file">${plan_id}</span>`],
])}`,
    body: html`${command(plan)}
${figures.length === 0 ? NOTHING : figuresTable(figures)}
${companies.map(companySections)}
${section(
  "unassigned",
  "What belongs to no company",
  "Nothing: every accepted document and every line belongs to a company.",
  unassigned.length,
  () => held(unassigned),
)}`,
    footer: html`Made by ${outside(madeBy)} with Tieout ${toolVersion}. A plan changes nothing, and neither does this page.
Its id stays the same as long as an export would do the same; once it would do something else, the command above does
nothing and says so.`,
    wide: true,
    style: PLAN_STYLE,
  });
};

const PLAN_STYLE = `
  .command { display: block; margin-top: 0.35rem; font-family: var(--mono); font-size: 1.05rem; font-weight: 600; }
  .project { margin-top: 1.6rem; }
  .project h3 { margin: 0; font-size: 1.05rem; }
  .causes p { margin-top: 0.1rem; }
  .causes > li { margin-top: 0.5rem; }
  .project p, .project ul { margin-top: 0.15rem; }
`;

/** What a company's plan comes to. */
interface Figures {
  readonly company: string;
  readonly failed: boolean;
  readonly recovered: number;
  readonly batches: number;
  readonly projects: number;
  readonly lines: number;
  readonly originals: Cents;
  readonly approvedChanges: Cents;
  /** Documents: what stays accepted and why, and what is synced at once. */
  readonly held: number;
  readonly waiting: number;
  readonly nothingToSend: number;
}

function figuresOf(plan: CompanyPlan): Figures {
  const files = plan.batches.flatMap((batch) => batch.files);
  const amount = (isOriginal: boolean) =>
    sumCents(
      files
        .filter(({ kind }) => (kind === "original") === isOriginal)
        .map((file) => centsOf(file.amount_total)),
    );
  return {
    company: plan.company,
    failed: plan.error !== null,
    recovered: plan.recovered.length,
    batches: plan.batches.length,
    projects: plan.batches.reduce((sum, { projects }) => sum + projects.length, 0),
    lines: files.reduce((sum, { lines }) => sum + lines, 0),
    originals: amount(true),
    approvedChanges: amount(false),
    held: heldByProject(plan.holds).flat().length,
    waiting: plan.waiting.length,
    nothingToSend: plan.nothing_to_send.length,
  };
}

const total = (figures: readonly Figures[], of: (one: Figures) => number): number =>
  figures.reduce((sum, one) => sum + of(one), 0);

function heading(figures: readonly Figures[]): string {
  const batches = total(figures, (one) => one.batches + one.recovered);
  if (batches > 0) return `An export would write ${count(batches, "batch", "batches")}`;
  return figures.some(({ failed }) => failed)
    ? "The plan could not be made"
    : "An export would write no batch";
}

function lead(figures: readonly Figures[], unassigned: PlanResult["unassigned"]): string {
  const failed = figures.filter((one) => one.failed).length;
  const recovered = total(figures, (one) => one.recovered);
  const stays = `${count(total(figures, ({ held }) => held) + heldByProject(unassigned).flat().length, "document is", "documents are")} held, ${count(
    total(figures, ({ waiting }) => waiting),
    "waits",
    "wait",
  )} for another document, and ${count(
    total(figures, ({ nothingToSend }) => nothingToSend),
    "has",
    "have",
  )} nothing to send.`;
  return [
    `${formatMoneyForPeople(sumCents(figures.map(({ originals }) => originals)))} of original estimates and ${formatMoneyForPeople(sumCents(figures.map(({ approvedChanges }) => approvedChanges)))} of approved changes would go to Sage, in ${count(
      total(figures, ({ lines }) => lines),
      "line",
    )} for ${count(
      total(figures, ({ projects }) => projects),
      "project",
    )};`,
    stays,
    ...(recovered > 0
      ? [`${count(recovered, "batch", "batches")} of an earlier run would be finished first.`]
      : []),
    ...(failed > 0
      ? [
          `${count(failed, "company", "companies")} could not be planned, and ${failed === 1 ? "is" : "are"} not in these figures.`,
        ]
      : []),
  ].join(" ");
}

function transactionDates(companies: readonly CompanyPlan[]): string {
  const days = [...new Set(companies.flatMap(({ transaction_date }) => transaction_date ?? []))].sort();
  return days.length === 0 ? "none" : days.map(usDate).join(", ");
}

const command = (plan: PlanResult): Html =>
  hasWork(plan)
    ? notice(
        "neutral",
        "To do exactly this, and nothing else",
        html`<span class="command">${exportCommand(plan)}</span>`,
      )
    : notice("neutral", "Nothing to decide", "There is no command to enter: an export would do nothing.");

const figuresTable = (figures: readonly Figures[]): Html => html`<section id="figures">
<h2>In figures</h2>
${table<Figures>(
  [
    { title: "Company", value: ({ company }) => outside(company) },
    numberColumn("Batches", figures, ({ batches, recovered }) => batches + recovered),
    numberColumn("Lines", figures, ({ lines }) => lines),
    moneyColumn("Original estimates", figures, ({ originals }) => originals),
    moneyColumn("Approved changes", figures, ({ approvedChanges }) => approvedChanges),
    numberColumn("Held", figures, ({ held }) => held),
    numberColumn("Waiting", figures, ({ waiting }) => waiting),
    numberColumn("Nothing to send", figures, ({ nothingToSend }) => nothingToSend),
  ],
  figures,
  figures.length > 1 ? "All companies" : undefined,
)}
<p class="soft">Held, waiting, nothing to send: documents, that is budgets and modifications.</p>
</section>`;

const numberColumn = <Row>(title: string, rows: readonly Row[], of: (row: Row) => number): Column<Row> => ({
  title,
  kind: "count",
  value: (row) => number(of(row)),
  total: number(rows.reduce((sum, row) => sum + of(row), 0)),
});

const moneyColumn = <Row>(title: string, rows: readonly Row[], of: (row: Row) => Cents): Column<Row> => ({
  title,
  kind: "amount",
  value: (row) => formatMoneyForPeople(of(row)),
  total: formatMoneyForPeople(sumCents(rows.map(of))),
});

function companySections(plan: CompanyPlan): Html {
  const { company, batches, recovered, holds, waiting, nothing_to_send, error, notices, copy } = plan;
  const heldDocuments = heldByProject(holds).flat().length;
  return html`<section id="company-${company}">
<h2>${company}: what would be written</h2>
${copy ? html`<p class="soft">${outside(copyAge(copy))}</p>` : NOTHING}
${error ? notice("bad", "This company could not be planned", html`<p>${outside(error.message)}</p>${error.hint ? html`<p><b>What to do:</b> ${outside(error.hint)}</p>` : NOTHING}`) : NOTHING}
${notices.map((words) => notice("warn", "Note", html`<p class="said">${outside(words)}</p>`))}
${recovered.length > 0 ? html`<p>First, since an earlier run claimed it and did not get there: <span class="file">${recovered.join(", ")}</span>.</p>` : NOTHING}
${batches.length === 0 ? html`<p class="soft">No batch${recovered.length > 0 ? " beside that" : ""}.</p>` : NOTHING}
${batches.map((batch, i) => batchOf(batch, `Batch ${number(i + 1)} of ${number(batches.length)}`))}
</section>
${section(
  `held-${company}`,
  `${company}: what is held`,
  error ? "Not known." : "Nothing.",
  heldDocuments,
  () => held(holds),
)}
${section(
  `waiting-${company}`,
  `${company}: what waits for another document`,
  error ? "Not known." : "Nothing.",
  waiting.length,
  () =>
    longTable<CompanyPlan["waiting"][number]>(
      [
        { title: "Project", kind: "code", value: (one) => outside(one.project_number) },
        {
          title: "Document",
          value: ({ document, number: no, document_id }) =>
            outside(documentName(document, no || document_id)),
        },
        { title: "What it waits for", value: ({ reason }) => outside(reason) },
      ],
      waiting,
    ),
)}
${section(
  `nothing-${company}`,
  `${company}: what has nothing to send`,
  error ? "Not known." : "Nothing.",
  nothing_to_send.length,
  () => html`<p>Every difference of ${nothing_to_send.length === 1 ? "this document is 0.00: it" : "these documents is 0.00: they"} would be marked as synced at once, and nothing goes to Sage.</p>
<ul>${nothing_to_send.map((document) => html`<li>${outside(document)}</li>\n`)}</ul>`,
)}`;
}

const batchOf = (batch: CompanyPlan["batches"][number], title: string): Html =>
  html`${batch.projects.map((project) => projectOf(project, title))}
${extrasOf(batch)}`;

/** What Sage would be made to create. */
function extrasOf({ files }: CompanyPlan["batches"][number]): Html {
  const extras = files.reduce((sum, file) => sum + file.extras, 0);
  return extras === 0
    ? NOTHING
    : html`<p>Its import creates ${count(extras, "extra")} in Sage that ${extras === 1 ? "is" : "are"} not there yet.</p>`;
}

const projectOf = (project: PlanProjectResult, batch: string): Html => html`<div class="project">
<p class="kicker">${batch} · job ${outside(project.job)}</p>
<h3>${outside(project.project_number)} ${outside(project.name)}</h3>
<ul>${project.documents.map(
  ({ document, number: no, accepted_by, accepted_at }) =>
    html`<li>${outside(documentName(document, no))}, accepted by ${accepted_by.trim() === "" ? "nobody by name" : outside(accepted_by)}, ${outside(accepted(accepted_at))}</li>\n`,
)}</ul>
${ESTIMATE_KINDS.map((kind) => {
  const lines = project.lines.filter((line) => line.kind === kind);
  return lines.length === 0 ? NOTHING : html`<h4>${KIND_WORDS[kind]}</h4>\n${lineTable(lines)}`;
})}
</div>`;

/** `03/02/2026 14:00` of a moment as staging has it, which names no time zone; anything else as it is. */
const accepted = (moment: string): string => {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})/.exec(moment) ?? [];
  return day && time ? `${usDate(day)} ${time}` : moment;
};

function lineTable(lines: readonly PlanLineResult[]): Html {
  const hasExtras = lines.some(({ extra }) => extra !== "");
  const hadBefore = lines.some(({ before }) => centsOf(before) !== 0n);
  return html`${longTable<PlanLineResult>(
    [
      ...(hasExtras
        ? [{ title: "Extra", kind: "code" as const, value: ({ extra }: PlanLineResult) => outside(extra) }]
        : []),
      { title: "Cost code", kind: "code", value: ({ cost_code }) => outside(cost_code) },
      { title: "Category", kind: "short", value: ({ category }) => outside(category) },
      ...(["before", "now", "difference"] as const).map((side) => ({
        title: { before: "Before", now: "Now", difference: "Difference" }[side],
        kind: "amount" as const,
        value: (line: PlanLineResult) => money(line[side]),
        total: formatMoneyForPeople(sumCents(lines.map((line) => centsOf(line[side])))),
      })),
      { title: "Why", value: ({ why }) => why.map((cause) => CAUSE_WORDS[cause]).join("; ") },
    ],
    lines,
    count(lines.length, "line"),
  )}
${hadBefore ? html`<p class="soft">Lines that stay as they were sent are not listed and not counted.</p>` : NOTHING}`;
}

const held = (holds: readonly ShownHold[]): Html =>
  html`${heldByProject(holds).map((documents) => html`${documents.map(heldDocument)}`)}`;

const heldDocument = ({ first, since, causes }: HeldDocument): Html => html`<h3>${
  first.project_number === "" ? "No project" : html`Project ${outside(first.project_number)}`
}, ${outside(documentInSentence(first.document, first.document_id))} ${
  since === null
    ? badge("no export has seen it yet", "neutral")
    : badge(`held since ${usMoment(since)}`, "warn")
}</h3>
<ul class="causes">${causes.map(causeOf)}</ul>`;

const causeOf = ({ first: cause, lines }: HoldCause): Html => html`<li>${outside(cause.message)}
<p><b>What to do:</b> ${outside(cause.remedy)}</p>
<p class="soft">${cause.field} ${cause.value === "" ? "is empty" : html`is ${outside(cause.value)}`}${linesNamed(lines)}</p></li>
`;

function linesNamed(lines: readonly string[]): Html {
  if (lines.length === 0) return NOTHING;
  const named = lines.slice(0, LINES_NAMED);
  const more = lines.length - named.length;
  return html`, in ${count(lines.length, "line")}: ${outside(named.join(", "))}${more > 0 ? ` and ${number(more)} more` : ""}`;
}
