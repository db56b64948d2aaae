import { count } from "../../../core/count.ts";
import { type Html, html, outside } from "../../../html/markup.ts";
import { number, section, usDate, usMoment } from "../../../html/parts.ts";
import { longTable } from "../../../html/table.ts";
import type { Report } from "../schema.ts";
import { money } from "./words.ts";

// What the journal tells of the time before: reject files, opening positions, mapping files, runs.

export function rejectsSection({ rejects }: Report): Html {
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

export function baselinesSection({ baselines }: Report): Html {
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

export function mappingsSection({ mappings }: Report): Html {
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

export function runsSection({ runs }: Report): Html {
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
