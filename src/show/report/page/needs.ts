import { count } from "../../../core/count.ts";
import { groupBy } from "../../../core/group-by.ts";
import { type Html, html, outside } from "../../../html/markup.ts";
import { notice, section, usDate } from "../../../html/parts.ts";
import { openDifferences } from "../headline.ts";
import type { Report } from "../schema.ts";
import { RECOGNISED, WORDS } from "./words.ts";

/** What needs a person, each with a link to where it is told in full. */
export function needsAPerson(report: Report): Html {
  const byState = groupBy(openDifferences(report), ({ state }) => state);
  const items = [
    ...report.recognitions.map((one) => html`<li><a href="#recognised">${one.message}</a></li>\n`),
    ...[...byState].map(
      ([state, all]) =>
        html`<li><a href="#${state}">${count(all.length, "difference")}: ${WORDS[state]}</a>, the oldest since ${usDate(all.map(({ since }) => since).sort()[0] ?? "")}</li>\n`,
    ),
    ...(report.keys.notAsAccepted.length > 0
      ? [
          html`<li><a href="#sides">${count(report.keys.notAsAccepted.length, "code")}: accepted is not exported</a></li>\n`,
        ]
      : []),
    ...(report.holds.length > 0
      ? [
          html`<li><a href="#holds">${count(report.holds.length, "cause", "causes")} by which documents are held</a></li>\n`,
        ]
      : []),
    ...report.reject_files.map(
      ({ message, remedy }) => html`<li>${outside(message)} ${outside(remedy)}</li>\n`,
    ),
  ];
  const links: readonly (readonly [string, string])[] = [
    ["differences", "Differences"],
    ["accepted", "Closed differences"],
    ["holds", "Holds"],
    ["projects", "Projects"],
    ["batches", "Batches"],
    ["mappings", "Mapping files"],
    ["runs", "Runs"],
  ];
  return html`<nav>${links.map(([id, words]) => html`<a href="#${id}">${words}</a> `)}</nav>
${section(
  "person",
  "What needs a person",
  "Nothing.",
  items.length,
  () => html`<ul>${items}</ul>
${report.recognitions.length > 0 ? html`<div id="recognised">${report.recognitions.map(({ name, message, remedy }) => notice("bad", RECOGNISED[name], html`<p>${message}</p><p><b>What to do:</b> ${remedy}</p>`))}</div>` : ""}`,
)}`;
}
