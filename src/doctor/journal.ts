import type { CompanyConfig } from "../config/schema.ts";
import type { Clock } from "../core/time.ts";
import type { Db } from "../db/db.ts";
import { columnsOf } from "../db/inspect.ts";
import { openSqlite } from "../db/sqlite.ts";
import { integer, text } from "../db/values.ts";
import { readOpenHolds } from "../journal/holds.ts";
import { holderIsGone } from "../journal/lease.ts";
import { checkJournal, journalStatements, migrateJournal } from "../journal/migrate.ts";
import { JOURNAL_RIGHTS } from "../journal/rights.ts";
import { JOURNAL_TABLES, type Names, namesFor } from "../names.ts";
import { createStaging } from "../staging/create-staging.ts";
import { type Finding, problem, type Seen, warning } from "./findings.ts";
import { askRights } from "./rights.ts";

export async function checkJournalVersion(db: Db, names: Names): Promise<Seen> {
  const checked = await checkJournal(db, names);
  return { findings: checked.ok ? [] : [problem(checked.problem.message, checked.problem.hint)] };
}

export async function checkJournalTables(db: Db, names: Names, clock: Clock): Promise<Seen> {
  const findings: Finding[] = [];
  const expected = await columnsOfNewJournal(clock);
  for (const table of [...JOURNAL_TABLES, "budget_action"] as const) {
    const name = names.journal(table);
    const actual = await columnsOf(db, name);
    const missing = [...(expected.get(table) ?? [])].filter((column) => !actual.has(column));
    if (missing.length === 0) continue;
    const isView = table === "budget_action";
    const statements = journalStatements(db.sql, names).filter((one) =>
      new RegExp(`^create (table|view) \\W?${name.replace(".", "\\W*\\.\\W*")}\\b`, "i").test(one),
    );
    findings.push(
      problem(
        actual.size === 0 ? `${name} is not there.` : `${name} has no column ${missing.join(", ")}.`,
        isView || actual.size === 0
          ? `Restore it with: ${statements.at(-1) ?? ""}; then run the script of \`tieout db grants\`.`
          : `Find out who changed it. It was made with: ${statements[0] ?? ""};`,
      ),
    );
  }
  return { findings };
}

/** The columns of each table as this program's migrations make them, from a journal that is made for it in memory. */
async function columnsOfNewJournal(clock: Clock): Promise<Map<string, ReadonlySet<string>>> {
  const db = openSqlite(":memory:");
  try {
    const names = namesFor("sqlite");
    await createStaging(db, names);
    await migrateJournal(db, names, clock);
    const columns = new Map<string, ReadonlySet<string>>();
    for (const table of [...JOURNAL_TABLES, "budget_action"] as const)
      columns.set(table, await columnsOf(db, names.journal(table)));
    return columns;
  } finally {
    await db.close();
  }
}

/** What nobody may be able to do to the proof of what happened. */
const NEVER_CHANGED = ["movement", "audit_event"] as const;

export async function checkJournalRights(db: Db, names: Names): Promise<Seen> {
  if (db.engine === "sqlite") return { detail: "SQLite has no rights of its own", findings: [] };
  const needed = Object.entries(JOURNAL_RIGHTS).flatMap(([table, rights]) =>
    rights.map((right) => ({ object: names.journal(table as keyof typeof JOURNAL_RIGHTS), right })),
  );
  const missing = (await askRights(db, needed)).filter(({ granted }) => !granted);
  const harmful = NEVER_CHANGED.flatMap((table) =>
    ["update", "delete"].map((right) => ({ object: names.journal(table), right })),
  );
  const tooMany = (await askRights(db, harmful)).filter(({ granted }) => granted);
  return {
    findings: [
      ...missing.map(({ object, right }) =>
        problem(
          `The login may not ${right} ${object}.`,
          `grant ${right} on ${object}; \`tieout db grants\` prints the whole script.`,
        ),
      ),
      ...(tooMany.length > 0
        ? [
            warning(
              `The login may change the proof: ${tooMany.map(({ object, right }) => `${right} ${object}`).join(", ")}.`,
              "Revoke these: the program only ever adds to them.",
            ),
          ]
        : []),
    ],
  };
}

export async function checkLease(db: Db, names: Names, company: CompanyConfig): Promise<Seen> {
  const [row] = await db.query(
    db.sql
      .build(names.journal("lease"))
      .where({ name: company.id })
      .select(
        "holder",
        "expires_at",
        db.sql.build.raw("case when expires_at > ? then 1 else 0 end as is_held", [db.sql.now()]),
      ),
  );
  if (!row || integer(row, "is_held") === 0) return { detail: "nobody is at work", findings: [] };
  const holder = text(row, "holder");
  const until = text(row, "expires_at");
  return holderIsGone(holder)
    ? {
        findings: [
          warning(
            `${holder} held the lease and runs no more; it ends at ${until} by itself.`,
            "Nothing to do: the next run on this machine takes it over, one elsewhere when it has ended.",
          ),
        ],
      }
    : { detail: `${holder} is at work, its lease lasts until ${until} unless renewed`, findings: [] };
}

export async function checkHolds(db: Db, names: Names, company: CompanyConfig): Promise<Seen> {
  const holds = await readOpenHolds(db, names, company.id);
  if (holds.length === 0) return { detail: "nothing is held", findings: [] };
  const byRule = new Map<string, number>();
  for (const { rule } of holds) byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
  const oldest = holds.map((hold) => hold.beganAt).sort()[0] ?? "";
  return {
    findings: [
      warning(
        `${holds.length} holds are open, the oldest since ${oldest.slice(0, 10)}: ${[...byRule]
          .map(([rule, count]) => `${count} ${rule}`)
          .join(", ")}.`,
        "`tieout holds` shows each with its remedy.",
      ),
    ],
  };
}
