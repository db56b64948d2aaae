import { count } from "../../core/count.ts";
import { groupBy } from "../../core/group-by.ts";
import { ESTIMATE_KINDS } from "../../core/key.ts";
import { type Cents, centsOf, formatMoneyForPeople, sumCents } from "../../core/money.ts";
import type { CompanyPlan, PlanLineResult, PlanProjectResult, PlanResult } from "../../run/look/plan.ts";
import { holdBlocks, unassignedBlocks } from "./holds.ts";
import {
  CAUSE_WORDS,
  companyHead,
  documentInSentence,
  documentName,
  KIND_WORDS,
  keyColumns,
  money,
  NO_COMPANY,
  nothingToSend,
} from "./parts.ts";
import { type Block, type Column, page, table, wrap } from "./table.ts";

/** A project with more lines than `all` shows its first few only. */
const LINES_SHOWN = { all: 40, first: 20 };

/** `tieout plan`: what an export would write now, what it would not, and why. */
export function planText(plan: PlanResult): string {
  const { companies, unassigned } = plan;
  if (companies.length === 0 && unassigned.length === 0) return page([NO_COMPANY]);
  return page([
    ...companies.flatMap(companyBlocks),
    ...unassignedBlocks(unassigned),
    hasWork(plan) ? ["To do exactly this, and nothing else:", `  ${exportCommand(plan)}`] : [],
  ]);
}

/** Whether an export would change anything. */
export const hasWork = ({ companies }: Pick<PlanResult, "companies">): boolean =>
  companies.some(
    ({ batches, recovered, nothing_to_send }) =>
      batches.length + recovered.length + nothing_to_send.length > 0,
  );

/** What a person enters to have exactly what a plan says. */
export const exportCommand = ({
  plan_id,
  company,
  date,
}: Pick<PlanResult, "plan_id" | "company" | "date">): string =>
  [
    "tieout export --only-if",
    plan_id,
    ...(company ? ["--company", company] : []),
    ...(date ? ["--date", date] : []),
  ].join(" ");

const companyBlocks = (company: CompanyPlan): Block[] => [
  [...companyHead(company), ...summary(company)],
  company.recovered.length === 0
    ? []
    : wrap(
        `Written first, since an earlier run claimed it and did not get there: ${company.recovered.join(", ")}.`,
      ),
  ...company.batches.flatMap((batch, i) => batchBlocks(batch, `Batch ${i + 1} of ${company.batches.length}`)),
  nothingToSend(company.nothing_to_send, "will be marked as synced"),
  company.waiting.length === 0
    ? []
    : [
        "Accepted, but waiting",
        ...company.waiting.flatMap(({ document, document_id, number, project_number, reason }) =>
          wrap(
            `Project ${project_number}, ${documentInSentence(document, number || document_id)}: ${reason}`,
            2,
            4,
          ),
        ),
      ],
  ...(company.holds.length === 0 ? [] : [["Held"], ...holdBlocks(company.holds)]),
];

function summary({
  error,
  batches,
  transaction_date,
  nothing_to_send,
  waiting,
  holds,
}: CompanyPlan): string[] {
  if (batches.length > 0)
    return wrap(
      `An export would write ${count(batches.length, "batch", "batches")}, with the transaction date ${transaction_date}.`,
      2,
    );
  if (error) return [];
  return nothing_to_send.length + waiting.length + holds.length === 0
    ? wrap("Nothing to export: no accepted budget or modification is waiting.", 2)
    : wrap("An export would write no batch.", 2);
}

function batchBlocks({ files, projects }: CompanyPlan["batches"][number], title: string): Block[] {
  const fileColumns: Column<(typeof files)[number]>[] = [
    { title: "Import file", value: (file) => KIND_WORDS[file.kind] },
    { title: "Jobs", value: (file) => file.jobs.toLocaleString("en-US"), align: "right" },
    { title: "Lines", value: (file) => file.lines.toLocaleString("en-US"), align: "right" },
    { title: "Amount", value: (file) => money(file.amount_total), align: "right" },
  ];
  const whole =
    projects.length > 1
      ? totals(
          projects.flatMap((project) => project.lines),
          "Whole batch",
        )
      : [];
  return [[title, ...table(fileColumns, files, 2)], whole, ...projects.flatMap(projectBlocks)];
}

function projectBlocks(project: PlanProjectResult): Block[] {
  const { lines } = project;
  const shown = lines.length <= LINES_SHOWN.all ? lines : lines.slice(0, LINES_SHOWN.first);
  const more = lines.length - shown.length;
  return [
    [
      ...wrap(`Project ${project.project_number} ${project.name}, job ${project.job}`),
      ...wrap(project.documents.map(({ document, number }) => documentName(document, number)).join(", "), 2),
    ],
    totals(lines, "Totals"),
    ...[...groupBy(shown, (line) => line.kind).values()].map(lineTable),
    more > 0 ? [`  … and ${more.toLocaleString("en-US")} more (--json has them all)`] : [],
  ];
}

interface Total {
  readonly label: string;
  readonly lines: number;
  readonly before: Cents;
  readonly now: Cents;
}

/** What was sent before, what is wanted now and the difference, by kind. */
function totals(lines: readonly PlanLineResult[], title: string): Block {
  const totalOf = (label: string, some: readonly PlanLineResult[]): Total => ({
    label,
    lines: some.length,
    before: sumCents(some.map((line) => centsOf(line.before))),
    now: sumCents(some.map((line) => centsOf(line.now))),
  });
  const rows = ESTIMATE_KINDS.flatMap((kind) => {
    const some = lines.filter((line) => line.kind === kind);
    return some.length === 0 ? [] : [totalOf(KIND_WORDS[kind], some)];
  });
  const all = totalOf("Together", lines);
  const columns: Column<Total>[] = [
    { title, value: (total) => total.label },
    { title: "Lines", value: (total) => total.lines.toLocaleString("en-US"), align: "right" },
    { title: "Before", value: (total) => formatMoneyForPeople(total.before), align: "right" },
    { title: "Now", value: (total) => formatMoneyForPeople(total.now), align: "right" },
    { title: "Difference", value: (total) => formatMoneyForPeople(total.now - total.before), align: "right" },
  ];
  return [
    ...table(columns, rows.length > 1 ? [...rows, all] : rows, 2),
    ...(all.before === 0n ? [] : wrap("Lines that stay as they were sent are not counted.", 2)),
  ];
}

function lineTable(lines: readonly PlanLineResult[]): Block {
  const [titles = "", ...rows] = table(
    [
      ...keyColumns(lines),
      { title: "Before", value: (line) => money(line.before), align: "right" },
      { title: "Now", value: (line) => money(line.now), align: "right" },
      { title: "Difference", value: (line) => money(line.difference), align: "right" },
    ],
    lines,
    2,
  );
  return [
    ...lines.slice(0, 1).map((line) => `  ${KIND_WORDS[line.kind]}`),
    titles,
    ...rows.flatMap((row, i) => [row, ...whyWords(lines[i]?.why ?? [])]),
  ];
}

/** Only what the amounts beside it do not say already: that a line is new or has changed, they do. */
function whyWords(why: PlanLineResult["why"]): string[] {
  const said = why.flatMap((cause) => (cause === "new" || cause === "changed" ? [] : CAUSE_WORDS[cause]));
  return said.length === 0 ? [] : wrap(said.join("; "), 4);
}
