import type { CompanyConfig } from "../config/schema.ts";
import { inGroups } from "../core/in-groups.ts";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import { type Clock, dayIn, daysBetween } from "../core/time.ts";
import { columnsOf } from "../db/inspect.ts";
import { SAGE_TABLES, type SageTable } from "../sage/needs.ts";
import { type CopyLook, copyAtRest, lookAtCopy } from "../sage/read-copy.ts";
import { DELETION_COLUMNS, qualified, type SageSource } from "../sage/tables.ts";
import { problem, type Seen, warning } from "./findings.ts";
import { askRights, broadRoles } from "./rights.ts";

/** What of a copy can be read, and what it lacks. */
export async function checkSageTables(
  source: SageSource,
): Promise<Seen & { readonly copy: CopyLook | null }> {
  const read = await readThrough(source);
  if (!read.ok) return { copy: null, findings: [problem(read.problem.message, read.problem.hint)] };
  const { copy, lacking } = read.value;
  const rows = (table: SageTable) => copy.rows.get(table) ?? 0;
  return {
    copy,
    detail: `jobs: ${rows("JCM_MASTER__JOB")}, standard cost codes: ${rows("JCM_MASTER__STANDARD_COST_CODE")}, standard categories: ${rows("JCM_MASTER__STANDARD_CATEGORY")}, posted estimate entries: ${rows("JCT_CURRENT__TRANSACTION") + rows("JCT_HISTORY__TRANSACTION")}`,
    findings: [
      ...lacking.map((loss) =>
        warning(
          `${loss}.`,
          "Have whoever makes the copy mend it, or live with what cannot be told; nothing else stops.",
        ),
      ),
      ...(await unfiltered(source)),
      ...(await tooManyRights(source)),
    ],
  };
}

/** Jobs whose rows are in memory at a time. */
const JOBS_AT_A_TIME = 50;

/** Reads a copy from end to end, as runs do, for all that it says in two ways or not at all. */
async function readThrough(
  source: SageSource,
): Promise<Outcome<{ readonly copy: CopyLook; readonly lacking: readonly string[] }>> {
  const look = await lookAtCopy(source);
  if (!look.ok) return fail(look.problem);
  const rest = await copyAtRest(source, look.value, null);
  if (!rest.ok) return fail(rest.problem);
  const lacking = new Set(look.value.lacking);
  try {
    for (const jobs of inGroups(look.value.digests.keys(), JOBS_AT_A_TIME))
      for (const loss of (await rest.value.read(jobs)).lacking) lacking.add(loss);
  } finally {
    await rest.value.close();
  }
  return ok({ copy: look.value, lacking: [...lacking] });
}

/** A copy that marks what Sage has deleted, and a configuration that does not say which rows to keep. */
async function unfiltered(source: SageSource) {
  if (source.filter) return [];
  for (const table of SAGE_TABLES) {
    const present = await columnsOf(source.db, qualified(source, table));
    const mark = DELETION_COLUMNS.find((column) => present.has(column.toLowerCase()));
    if (mark)
      return [
        warning(
          `${table} has a column ${mark}: the copy seems to keep rows that Sage has deleted, and they count.`,
          `Say which rows are still in Sage with row_filter: { column: ${mark}, keep: "…" } under the company's sage:, after looking at the column's values.`,
        ),
      ];
  }
  return [];
}

async function tooManyRights(source: SageSource) {
  if (source.db.engine === "sqlite") return [];
  const roles = await broadRoles(source.db);
  const asked = SAGE_TABLES.flatMap((table) =>
    ["insert", "update", "delete"].map((right) => ({ object: qualified(source, table), right })),
  );
  const granted = (await askRights(source.db, asked)).filter((one) => one.granted);
  if (roles.length === 0 && granted.length === 0) return [];
  return [
    warning(
      roles.length > 0
        ? `The login is ${roles.join(" and ")} in Sage's copy, where it only needs to read.`
        : `The login may write to Sage's copy: ${granted.map(({ object, right }) => `${right} ${object}`).join(", ")}.`,
      "Give it the rights that `tieout db grants` prints, and no more.",
    ),
  ];
}

export function checkSageAge(copy: CopyLook, company: CompanyConfig, timeZone: string, clock: Clock): Seen {
  const stamp = copy.asOf;
  const day = stamp === null ? undefined : /^\d{4}-\d{2}-\d{2}/.exec(stamp)?.[0];
  if (stamp === null || day === undefined)
    return { detail: "no entry has a stamp, so the age of the copy is not known", findings: [] };
  const days = daysBetween(day, dayIn(timeZone, clock.now()));
  const detail = `newest entry of ${stamp}, highest run of an estimate ${copy.highestRun ?? "none"}`;
  if (days <= company.overdue_after_days) return { detail, findings: [] };
  return {
    detail,
    findings: [
      warning(
        `The newest entry in Sage's copy is ${days} days old (${stamp}).`,
        "If people have posted since, find out why the copy is no longer refreshed.",
      ),
    ],
  };
}
