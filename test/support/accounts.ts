import type { Db } from "../../src/db/db.ts";
import { cents as centsIn } from "../../src/db/values.ts";
import type { Names } from "../../src/names.ts";
import { keyOf, readOutbox } from "./jce.ts";
import { readMovementRows } from "./journal-rows.ts";

/** Cents by whatever the name of the map says. Amounts of zero are not in it. */
export type Amounts = ReadonlyMap<string, bigint>;

export function amounts(entries: Iterable<readonly [string, bigint]>): Amounts {
  const sums = new Map<string, bigint>();
  for (const [name, cents] of entries) sums.set(name, (sums.get(name) ?? 0n) + cents);
  return new Map([...sums].filter(([, cents]) => cents !== 0n).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads what the tests write, on its own: `[-]digits[.digits]`. */
export function centsOf(amount: string): bigint {
  const [whole = "", fraction = ""] = amount.trim().replace("-", "").split(".");
  const cents = BigInt(whole + fraction.padEnd(2, "0").slice(0, 2));
  return amount.includes("-") ? -cents : cents;
}

export interface Document {
  readonly id: string;
  readonly project: string;
  readonly status: string;
  readonly locked: boolean;
  readonly linesSynced: boolean;
  readonly cents: bigint;
}

/** The first place: staging's documents, with the sum of their lines. */
export async function readStagedDocuments(db: Db, names: Names): Promise<Document[]> {
  const documents: Document[] = [];
  for (const [header, id, table, amount] of [
    ["budget", "budget_id", "budget_line_item", "original_amount"],
    ["budget_modification", "modification_id", "budget_modification_line", "amount"],
  ] as const) {
    const lines = await db.query(
      db.sql.build(names.staging(table)).select(`${id} as id`, "erp_synced", db.sql.text(amount)),
    );
    for (const row of await db.query(
      db.sql.build(names.staging(header)).select(`${id} as id`, "project_id", "erp_status", "erp_locked"),
    )) {
      const own = lines.filter((line) => line.id === row.id);
      documents.push({
        id: String(row.id),
        project: String(row.project_id),
        status: String(row.erp_status),
        locked: Number(row.erp_locked) === 1,
        linesSynced: own.every((line) => Number(line.erp_synced) === 1),
        cents: own.reduce((sum, line) => sum + centsOf(String(line[amount])), 0n),
      });
    }
  }
  return documents;
}

/** The second place: the import files in the outboxes, read back; by `project`, and by kind and key. */
export function readExported(outboxes: readonly string[], projectOfJob: (job: string) => string) {
  const lines = outboxes.flatMap(readOutbox);
  return {
    byProject: amounts(lines.map((line) => [projectOfJob(line.job), line.cents])),
    byKey: amounts(lines.map((line) => [keyOf(line), line.cents])),
  };
}

/** What a line says, as the journal keeps it. */
export type LineCells = [subJob: string, costCode: string, costType: string, amount: string];

/** The third place: the journal's movements, and what it wrote down of documents when it took them. */
export async function readJournal(db: Db, names: Names) {
  const moved = await readMovementRows(db, names);
  const pick = (name: (row: (typeof moved)[number]) => string | null): Amounts =>
    amounts(
      moved.flatMap((row) => {
        const key = name(row);
        if (key === null) return [];
        return [[key, centsIn(row, "cents")] as const];
      }),
    );
  const balance = (account: string) =>
    amounts(
      moved.flatMap((row) => [
        ...(row.to_account === account ? [[String(row.project_id), centsIn(row, "cents")] as const] : []),
        ...(row.from_account === account ? [[String(row.project_id), -centsIn(row, "cents")] as const] : []),
      ]),
    );
  const contents = new Map<string, LineCells[]>();
  for (const row of await db.query(
    db.sql.build(names.journal("sent_document")).orderBy("id").select("document_id", "content"),
  )) {
    const lines = JSON.parse(String(row.content)) as [lineId: string, ...LineCells][];
    contents.set(
      String(row.document_id),
      lines.map(([, ...cells]) => cells),
    );
  }
  return {
    /** What left `accepted` by project, for budgets, whose line and document ids may be made anew. */
    originals: pick((row) =>
      row.from_account === "accepted" && row.kind === "original" ? String(row.project_id) : null,
    ),
    /** What left `accepted` by modification. */
    changes: pick((row) =>
      row.from_account === "accepted" && row.kind !== "original" ? String(row.document_id) : null,
    ),
    claimedByKey: pick((row) =>
      row.from_account === "accepted" && row.to_account === "claimed"
        ? [row.kind, row.job, row.extra, row.cost_code, row.category].join("|")
        : null,
    ),
    claimed: balance("claimed"),
    posted: balance("posted"),
    leftOut: balance("left_out"),
    /** Each document's lines as it was last taken. */
    contents,
  };
}
