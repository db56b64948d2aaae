import { count } from "../../../core/count.ts";
import { groupBy } from "../../../core/group-by.ts";
import { DIFFERENCE_MEANINGS } from "../../../core/state-words.ts";
import { type Html, html, outside } from "../../../html/markup.ts";
import { badge, number, section, usDate, usMoment } from "../../../html/parts.ts";
import { longTable } from "../../../html/table.ts";
import type { Report } from "../schema.ts";
import { KIND_SHORT, money, RECOGNISED, showCode, WORDS } from "./words.ts";

type Difference = Report["differences"][number];

export function differenceSections(report: Report): Html {
  const byState = groupBy(report.differences, ({ state }) => state);
  return section(
    "differences",
    "Differences",
    "None: every line that is not waiting for posting is posted as it was exported.",
    report.differences.length,
    () =>
      html`${[...byState].map(
        ([state, all]) => html`<h3 id="${state}">${count(all.length, "difference")}: ${WORDS[state]}</h3>
<p>${DIFFERENCE_MEANINGS[state]}</p>
${longTable<Difference>(
  [
    {
      title: "Project, batch",
      kind: "code",
      value: (one) =>
        html`<b>${outside(one.project_number)}</b>${one.batch_id === null ? "" : html`<br>${outside(one.batch_id)}`}${one.line_no === null ? "" : html`<br><span class="soft">line ${number(one.line_no)}</span>`}`,
    },
    {
      title: "Job, extra, code, category",
      value: (one) =>
        html`${showCode(one)}<br><span class="soft">${KIND_SHORT[one.kind]}</span>${one.ambiguous ? html` ${badge("ambiguous", "warn")}` : ""}${one.recognised ? html` ${badge(RECOGNISED[one.recognised], "bad")}` : ""}`,
    },
    {
      title: state === "master_total_differs" ? "By entries" : "Exported",
      kind: "amount",
      value: (one) => money(one.exported),
    },
    {
      title: state === "master_total_differs" ? "Total in Sage" : "Posted",
      kind: "amount",
      value: (one) => money(one.posted),
    },
    { title: "Difference", kind: "amount", value: (one) => money(one.difference) },
    {
      title: "Since",
      kind: "code",
      value: (one) => html`${usDate(one.since)}<br>${count(one.age_days, "day")}`,
    },
    { title: "Entries", kind: "short", value: (one) => outside(one.entries.join(", ")) },
  ],
  all,
)}`,
      )}`,
  );
}

export function acceptedSection({ accepted_differences: all }: Report): Html {
  return section("accepted", "Differences closed by a person", "None, ever.", all.length, () =>
    longTable<Report["accepted_differences"][number]>(
      [
        { title: "Batch / line", kind: "code", value: (one) => outside(`${one.batch_id} / ${one.line_no}`) },
        { title: "Job, extra, code, category", value: showCode },
        { title: "Exported", kind: "amount", value: (one) => money(one.exported) },
        { title: "Posted then", kind: "amount", value: (one) => money(one.posted_then) },
        { title: "Posted now", kind: "amount", value: (one) => money(one.posted_now) },
        { title: "Reason", value: (one) => outside(one.reason) },
        { title: "Who, when", value: (one) => html`${outside(one.actor)}, ${usMoment(one.accepted_at)}` },
      ],
      all,
    ),
  );
}

export function holdsSection({ holds }: Report): Html {
  return section(
    "holds",
    "What is held",
    "Nothing is held, as the last export saw it.",
    holds.length,
    () => html`
<p class="soft">As the last export saw it.</p>
${longTable<Report["holds"][number]>(
  [
    { title: "Project", kind: "code", value: (one) => outside(one.project_number) },
    {
      title: "Document, line",
      value: (one) =>
        html`${one.document} ${outside(one.document_id)}${one.staging_line_id === null ? "" : html`, line ${outside(one.staging_line_id)}`}`,
    },
    {
      title: "Why",
      value: (one) => html`${outside(one.message)}<br><b>${one.field}</b> ${outside(one.value)}`,
    },
    { title: "What to do", value: (one) => outside(one.remedy) },
    { title: "Since", kind: "code", value: (one) => usMoment(one.began_at) },
  ],
  holds,
)}`,
  );
}
