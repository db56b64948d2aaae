import { joinKey, type SageKey } from "../../core/key.ts";
import type { Queries, Row } from "../../db/db.ts";
import { text, trimmed } from "../../db/values.ts";
import { type Cells, insertCells, type Layout } from "./copy.ts";
import { MASTER_CODES, type MasterTable } from "./create-copy.ts";

export type Status = "Unstarted" | "In progress" | "Closed";

/** The master files of a copy, within one transaction. Records are found by their trimmed codes. */
export interface Masters {
  find(table: MasterTable, ...codes: string[]): Promise<Row | undefined>;
  /** Adds a record; it is found at once, and written with `save`. A table's records have the same columns. */
  create(table: MasterTable, cells: Cells): Promise<void>;
  save(): Promise<void>;
  /** Changes a record that is saved. */
  change(table: MasterTable, codes: readonly string[], cells: Cells): Promise<void>;
}

export function openMasters(tx: Queries, layout: Layout): Masters {
  const loaded = new Map<MasterTable, Map<string, Row>>();
  const created = new Map<MasterTable, Cells[]>();
  const idOf = (table: MasterTable, row: Row) =>
    joinKey(...MASTER_CODES[table].map((column) => trimmed(row, column)));

  async function records(table: MasterTable): Promise<Map<string, Row>> {
    const known = loaded.get(table);
    if (known) return known;
    const rows = await tx.query(tx.sql.build(table).select("*"));
    const byCodes = new Map(rows.map((row) => [idOf(table, row), row]));
    loaded.set(table, byCodes);
    return byCodes;
  }
  const find: Masters["find"] = async (table, ...codes) => (await records(table)).get(joinKey(...codes));

  return {
    find,
    async create(table, cells) {
      const row = layout(cells);
      (await records(table)).set(idOf(table, row), row);
      const unsaved = created.get(table) ?? [];
      unsaved.push(row);
      created.set(table, unsaved);
    },
    async save() {
      for (const [table, rows] of created) await insertCells(tx, table, rows);
      created.clear();
    },
    async change(table, codes, cells) {
      const row = await find(table, ...codes);
      if (!row) throw new Error(`${table} has no ${codes.join(" / ")}`);
      const where = Object.fromEntries(MASTER_CODES[table].map((column) => [column, row[column] ?? null]));
      await tx.query(tx.sql.build(table).where(where).update(layout(cells)));
    },
  };
}

export const isClosed = (master: Row | undefined): boolean =>
  master !== undefined && trimmed(master, "Status").toLowerCase() === "closed";

export const createCostCode = (
  masters: Masters,
  { job, extra, costCode }: Omit<SageKey, "category">,
  { description, status, group }: { description: string; status: Status; group: boolean },
): Promise<void> =>
  masters.create("JCM_MASTER__COST_CODE", {
    Job: job,
    Extra: extra,
    Cost_Code: costCode,
    Description: description,
    Status: status,
    Group_Cost_Code: group ? 1 : 0,
    JTD_Aprvd_Estimate_Chgs: "0.00",
  });

/** Makes a job's cost code and category exist, as an entry for them does. */
export async function ensureCategory(masters: Masters, key: SageKey, description: string): Promise<void> {
  const { job, extra, costCode, category } = key;
  if (!(await masters.find("JCM_MASTER__COST_CODE", job, extra, costCode))) {
    const standard = await masters.find("JCM_MASTER__STANDARD_COST_CODE", costCode);
    await createCostCode(masters, key, {
      description: standard ? text(standard, "Description") : description,
      status: "Unstarted",
      group: false,
    });
  }
  if (await masters.find("JCM_MASTER__CATEGORY", job, extra, costCode, category)) return;
  const standard = await masters.find("JCM_MASTER__STANDARD_CATEGORY", category);
  await masters.create("JCM_MASTER__CATEGORY", {
    Job: job,
    Extra: extra,
    Cost_Code: costCode,
    Category: category,
    Description: standard ? text(standard, "Description") : "",
    Status: "Unstarted",
    Original_Estimate: "0.00",
    Approved_Estimate_Changes: "0.00",
    Total_Estimate: "0.00",
  });
}
