import { count } from "../core/count.ts";
import { groupBy } from "../core/group-by.ts";
import type { EstimateKind, SageKey } from "../core/key.ts";
import { centsOf, formatMoneyForPeople } from "../core/money.ts";
import { DIFFERENCE_MEANINGS, stateCounts } from "../core/state-words.ts";
import type { DifferenceState } from "../core/states.ts";
import { type Html, html, outside } from "../html/markup.ts";
import { renderPage } from "../html/page.ts";
import { badge, facts, notice, number, section, type Tone, usDate, usMoment } from "../html/parts.ts";
import { type Column, longTable, table } from "../html/table.ts";
import type { Report, Sides } from "../tie-out/schema.ts";
import { barRows, CHART_STYLE, stackedBar } from "./charts.ts";
import { butForClosed, headline, openDifferences } from "./headline.ts";

type Difference = Report["differences"][number];

/**
 * The tie-out report as one page: at the top whether all ties out and what needs a person, below every number it
 * rests on. It has no script and no outside part; every text from outside is escaped.
 */
export const renderReport = (report: Report): string =>
  renderPage({
    title: `${report.company} tie-out ${report.day}`,
    kicker: html`${outside(report.company)} · Tie-out of budgets and Sage 300 Job Cost`,
    heading: html`${headline(report)}`,
    head: html`<p class="lead">${lead(report)}</p>
${facts([
  ["As of", `${usMoment(report.as_of)}, ${usDate(report.day)} in ${report.time_zone}`],
  ["Newest entry in Sage's copy", report.copy.as_of ?? "the copy has no stamps"],
  ["Highest run in Sage", report.copy.highest_run ?? "none"],
  ["From", report.run_id === null ? "a comparison made for this report" : `reconciliation ${report.run_id}`],
])}`,
    body: html`${report.notices.map((words) => notice("warn", "Note", outside(words)))}
${needsAPerson(report)}
${moneySection(report)}
${ageSection(report)}
${threeSides(report)}
${differenceSections(report)}
${acceptedSection(report)}
${holdsSection(report)}
${projectsSection(report)}
${batchesSection(report)}
${rejectsSection(report)}
${baselinesSection(report)}
${mappingsSection(report)}
${runsSection(report)}`,
    footer: html`Made by ${outside(report.made_by)} with Tieout ${report.tool_version}. Head of the audit chain:
<span class="file">${report.audit_head}</span>. Keep this page elsewhere: <span class="file">tieout audit verify --head</span>
proves against it that nothing was changed or cut off since. What was compared has the SHA-256
<span class="file">${report.tie_out_sha256}</span>.`,
    wide: true,
    style: REPORT_STYLE,
  });

const REPORT_STYLE = `${CHART_STYLE}
  .num { text-align: right; font-variant-numeric: tabular-nums; }
  nav { margin-top: 1rem; font-size: 0.85rem; }
  nav a { margin-right: 1rem; white-space: nowrap; }
  @media print { nav { display: none; } .page { break-before: page; } }
`;

const money = (amount: string): string => formatMoneyForPeople(centsOf(amount));
/** In proportion only: a picture needs no cent. */
const proportion = (amount: string): number => Math.abs(Number(centsOf(amount)));

function lead(report: Report): string {
  const { verdict, totals, lines } = report;
  const sides = `${money(totals.originals.exported)} of original estimates and ${money(totals.approved_changes.exported)} of approved changes were exported`;
  switch (verdict) {
    case "ties_out":
      return `${sides}, and Sage carries every cent of it${butForClosed(report)}. Nothing is held and nothing is open.`;
    case "waits_for_posting":
      return `${sides}. What is not in Sage yet is not late.`;
    case "needs_a_person":
      return `${sides}; ${count(lines.posted, "line is", "lines are")} posted as exported. What follows says where not, since when, and what to do.`;
  }
}

const KIND_SHORT: Readonly<Record<EstimateKind, string>> = {
  original: "original",
  approved_change: "change",
};

const showCode = (key: Pick<SageKey, "job" | "extra" | "category"> & { readonly cost_code: string }): Html =>
  html`${outside([key.job, key.extra, key.cost_code, key.category].filter((part) => part !== "").join(" / "))}`;

function needsAPerson(report: Report): Html {
  const byState = groupBy(openDifferences(report), ({ state }) => state);
  const items = [
    ...report.recognitions.map((one) => html`<li><a href="#recognised">${one.message}</a></li>\n`),
    ...[...byState].map(
      ([state, all]) =>
        html`<li><a href="#${state}">${count(all.length, "difference")}: ${WORDS[state]}</a>, the oldest since ${usDate(all.map(({ since }) => since).sort()[0] ?? "")}</li>\n`,
    ),
    ...(report.holds.length > 0
      ? [
          html`<li><a href="#holds">${count(report.holds.length, "cause", "causes")} by which documents are held</a></li>\n`,
        ]
      : []),
    ...(report.rejects.some(({ unplaced }) => unplaced > 0)
      ? [html`<li><a href="#rejects">reject files with records that fit no line</a></li>\n`]
      : []),
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

const RECOGNISED = {
  imported_twice: "Imported twice",
  wrong_box: "Imported with the wrong box",
  misposted: "Posted to another code",
} as const;

const WORDS: Readonly<Record<DifferenceState, string>> = {
  awaiting_posting: "waits for posting",
  overdue: "overdue, still not posted",
  posted: "posted",
  amount_differs: "posted with another amount",
  posted_twice: "posted twice",
  rejected_in_sage: "rejected in Sage",
  no_longer_posted: "no longer posted",
  accepted_difference: "closed by a person",
  unexpected: "entries in Sage that nothing exported explains",
  changed_since_export: "changed in the project system since the export",
  master_total_differs: "totals in Sage that their entries do not add up to",
};

function moneySection({ money: stands }: Report): Html {
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
    { title: "Where", kind: "code", value: ({ key, name }) => html`<span class="key ${key}"></span>${name}` },
    { title: "What it means", value: ({ what }) => what },
    { title: "Amount", kind: "amount", value: ({ amount }) => money(amount) },
  ],
  parts,
)}
</section>`;
}

function ageSection({ open_by_age: ages }: Report): Html {
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
<p class="soft">Amounts without their sign. What waits counts from the day its batch was written, a difference from the day it was first seen.</p>`,
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

function threeSides({ totals, keys }: Report): Html {
  const checked = keys.filter(({ sage_total }) => sage_total !== null);
  const differing = checked.filter(({ sage_total, sage_expected }) => sage_total !== sage_expected);
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
${count(keys.length, "code")} compared one by one, ${number(keys.filter(({ ties_out }) => ties_out).length)} tie out; Sage's own totals were compared on ${number(checked.length)}, ${number(differing.length)} differ.
The workbook and the JSON file beside this page list every code.</p>
</section>`;
}

function differenceSections(report: Report): Html {
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
    { title: "Project", kind: "code", value: (one) => outside(one.project_number) },
    {
      title: "Batch, line",
      kind: "code",
      value: (one) =>
        outside(
          one.batch_id === null ? "" : `${one.batch_id}${one.line_no === null ? "" : `, ${one.line_no}`}`,
        ),
    },
    { title: "Kind", kind: "short", value: (one) => KIND_SHORT[one.kind] },
    {
      title: "Job, extra, code, category",
      value: (one) =>
        html`${showCode(one)}${one.ambiguous ? html` ${badge("ambiguous", "warn")}` : ""}${one.recognised ? html` ${badge(RECOGNISED[one.recognised], "bad")}` : ""}`,
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

function acceptedSection({ accepted_differences: all }: Report): Html {
  return section("accepted", "Differences closed by a person", "None, ever.", all.length, () =>
    longTable<Report["accepted_differences"][number]>(
      [
        { title: "Batch, line", kind: "code", value: (one) => outside(`${one.batch_id}, ${one.line_no}`) },
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

function holdsSection({ holds }: Report): Html {
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

const STATUS_TONES: Readonly<Record<string, Tone>> = { synced: "good", exported: "warn", accepted: "warn" };

function projectsSection({ projects }: Report): Html {
  type Project = Report["projects"][number];
  return section("projects", "Projects", "No project has a budget in staging.", projects.length, () =>
    longTable<Project>(
      [
        {
          title: "Project",
          value: (one) =>
            html`<b>${outside(one.project_number)}</b> ${outside(one.name)}${one.job && one.job !== one.project_number ? html`<br>job ${outside(one.job)}` : ""}`,
        },
        { title: "Documents", value: documentsOf },
        { title: "Accepted", kind: "amount", value: (one) => both(one, "accepted") },
        { title: "Exported", kind: "amount", value: (one) => both(one, "exported") },
        { title: "Posted", kind: "amount", value: (one) => both(one, "posted") },
        {
          title: "Waiting, held",
          kind: "amount",
          value: (one) => html`${money(one.waiting)}<br>${money(one.held)}`,
        },
        {
          title: "Ties out",
          kind: "code",
          value: (one) =>
            one.ties_out
              ? badge("ties out", "good")
              : badge(openWords(one), one.differing_lines > 0 ? "bad" : "warn"),
        },
      ],
      projects,
    ),
  );
  function both(one: Project, side: keyof Sides): Html {
    return html`${money(one.originals[side])}<br>${money(one.approved_changes[side])}`;
  }
  function openWords(one: Project): string {
    if (one.differing_lines > 0) return count(one.differing_lines, "differs", "differ");
    return one.open_lines > 0 ? `${number(one.open_lines)} open` : "see differences";
  }
  function documentsOf({ documents }: Project): Html {
    const byStatus = groupBy(documents, ({ document, erp_status }) => `${document} ${erp_status}`);
    return html`${[...byStatus].map(([words, all]) => html`${badge(all.length === 1 ? words : `${number(all.length)} ${words.replace(" ", "s ")}`, STATUS_TONES[all[0]?.erp_status ?? ""] ?? "neutral")} `)}`;
  }
}

function batchesSection({ batches }: Report): Html {
  type Batch = Report["batches"][number];
  const both = (one: Batch, side: "accepted" | "exported" | "posted"): Html =>
    html`${money(one.original[side])}<br>${money(one.approved_changes[side])}`;
  return section(
    "batches",
    "Batches",
    "None was ever written.",
    batches.length,
    () => html`<p class="soft">Amounts: original estimates above, approved changes below.</p>
${longTable<Batch>(
  [
    {
      title: "Batch",
      kind: "code",
      value: (one) => html`<b>${outside(one.batch_id)}</b><br>${usDate(one.transaction_date)}`,
    },
    {
      title: "Projects",
      kind: "code",
      value: (one) =>
        outside(
          one.projects.length > 5 ? `${number(one.projects.length)} projects` : one.projects.join(", "),
        ),
    },
    { title: "Lines", value: (one) => `${number(one.lines)}: ${stateCounts(one.states)}` },
    { title: "Accepted", kind: "amount", value: (one) => both(one, "accepted") },
    { title: "Exported", kind: "amount", value: (one) => both(one, "exported") },
    { title: "Posted", kind: "amount", value: (one) => both(one, "posted") },
    {
      title: "SHA-256 of each file",
      value: (one) =>
        html`${one.files.map(({ name, sha256 }) => html`<span class="soft">${outside(name.slice(one.batch_id.length + 1))}</span> <span class="hash">${sha256}</span><br>`)}`,
    },
  ],
  batches,
)}`,
  );
}

function rejectsSection({ rejects }: Report): Html {
  return section("rejects", "Reject files", "None was ever read.", rejects.length, () =>
    longTable<Report["rejects"][number]>(
      [
        { title: "File", value: (one) => outside(one.file_name) },
        { title: "Read", kind: "code", value: (one) => usMoment(one.read_at) },
        { title: "Batch", kind: "code", value: (one) => outside(one.batch_id ?? "fits none") },
        { title: "Records", kind: "count", value: (one) => number(one.records) },
        { title: "Fit no line", kind: "count", value: (one) => number(one.unplaced) },
      ],
      rejects,
    ),
  );
}

function baselinesSection({ baselines }: Report): Html {
  return section(
    "baselines",
    "Opening positions",
    "No job had one: every estimate came from here.",
    baselines.length,
    () =>
      longTable<Report["baselines"][number]>(
        [
          { title: "Project", kind: "code", value: (one) => outside(one.project_number) },
          { title: "Job", kind: "code", value: (one) => outside(one.job) },
          { title: "From", kind: "code", value: (one) => one.source },
          { title: "Amount", kind: "amount", value: (one) => money(one.amount) },
          { title: "Reason", value: (one) => outside(one.reason) },
          { title: "Who, when", value: (one) => html`${outside(one.actor)}, ${usMoment(one.recorded_at)}` },
        ],
        baselines,
      ),
  );
}

function mappingsSection({ mappings }: Report): Html {
  return section(
    "mappings",
    "Mapping files",
    "No good set was ever in force.",
    mappings.length,
    () =>
      html`${mappings.map(
        ({
          version,
          sha256,
          in_force_since,
          changes,
        }) => html`<h3>Version ${version}, since ${usMoment(in_force_since)}</h3>
<p class="soft hash">${sha256}</p>
<ul>${changes.map(({ file, added, removed }) => html`<li><span class="file">${outside(file)}</span>: ${count(added.length, "row")} added, ${number(removed.length)} removed${added.length + removed.length <= SHOWN_ROWS ? html`<br>${added.map((row) => html`+ ${outside(row)}<br>`)}${removed.map((row) => html`− ${outside(row)}<br>`)}` : html` (all of them in the JSON file)`}</li>\n`)}</ul>
`,
      )}`,
  );
}
const SHOWN_ROWS = 12;

function runsSection({ runs }: Report): Html {
  return section(
    "runs",
    "Runs of the last 31 days",
    "None.",
    runs.by_day.length,
    () => html`${longTable<Report["runs"]["by_day"][number]>(
      [
        { title: "Day", kind: "code", value: (one) => usDate(one.day) },
        { title: "Command", value: (one) => one.command },
        { title: "Runs", kind: "count", value: (one) => number(one.runs) },
        { title: "Failed", kind: "count", value: (one) => number(one.failed) },
        {
          title: "Last one ended",
          value: (one) => (one.last_ended_at === null ? "not yet" : usMoment(one.last_ended_at)),
        },
      ],
      runs.by_day,
    )}
<h3>Runs that failed</h3>
${
  runs.failed.length === 0
    ? html`<p class="soft">None.</p>`
    : longTable<Report["runs"]["failed"][number]>(
        [
          { title: "Run", value: (one) => one.run_id },
          { title: "Command", kind: "code", value: (one) => one.command },
          { title: "Began", value: (one) => usMoment(one.started_at) },
          { title: "Outcome", value: (one) => one.outcome ?? "did not come to its end" },
          { title: "Who", value: (one) => outside(one.actor) },
        ],
        runs.failed,
      )
}`,
  );
}
