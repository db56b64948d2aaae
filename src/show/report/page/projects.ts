import { count } from "../../../core/count.ts";
import { groupBy } from "../../../core/group-by.ts";
import { stateCounts } from "../../../core/state-words.ts";
import type { Sides } from "../../../core/tie-out/schema.ts";
import { type Html, html, outside } from "../../../html/markup.ts";
import { badge, number, section, type Tone, usDate } from "../../../html/parts.ts";
import { longTable } from "../../../html/table.ts";
import type { Report } from "../schema.ts";
import { money } from "./words.ts";

const STATUS_TONES: Readonly<Record<string, Tone>> = { synced: "good", exported: "warn", accepted: "warn" };

export function projectsSection({ projects }: Report): Html {
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
            one.ties_out && one.held === 0n && one.waiting === 0n
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
    if (one.open_lines > 0) return `${number(one.open_lines)} open`;
    if (!one.ties_out) return "see differences";
    return one.held === 0n ? "waits for export" : "held";
  }
  function documentsOf({ documents }: Project): Html {
    const byStatus = groupBy(documents, ({ document, erp_status }) => `${document} ${erp_status}`);
    return html`${[...byStatus].map(([words, all]) => html`${badge(all.length === 1 ? words : `${number(all.length)} ${words.replace(" ", "s ")}`, STATUS_TONES[all[0]?.erp_status ?? ""] ?? "neutral")} `)}`;
  }
}

export function batchesSection({ batches }: Report): Html {
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
