import type { Db } from "../../db/db.ts";

const CODE = "varchar(15)";
const TEXT = "varchar(30)";
// SQLite reads `float` as REAL; SQL Server's own `real` would have half the digits.
const AMOUNT = "float";

const ENTRY_COLUMNS = {
  Job: CODE,
  Extra: CODE,
  Cost_Code: CODE,
  Category: CODE,
  Transaction_Type: "varchar(20)",
  Transaction_Date: "date",
  Accounting_Date: "date",
  Description: TEXT,
  Units: AMOUNT,
  Amount: AMOUNT,
  Run: "bigint",
  Sequence: "bigint",
  Batch: "varchar(10)",
  Application_of_Origin: "varchar(3)",
  Operator_Stamp: "varchar(10)",
  Date_Stamp: "date",
};

const COLUMNS = {
  JCM_MASTER__JOB: { Job: CODE, Description: TEXT, Status: "varchar(20)" },
  JCM_MASTER__EXTRA: { Job: CODE, Extra: CODE, Description: TEXT, Status: "varchar(20)" },
  JCM_MASTER__COST_CODE: {
    Job: CODE,
    Extra: CODE,
    Cost_Code: CODE,
    Description: TEXT,
    Status: "varchar(20)",
    Group_Cost_Code: "bit",
    JTD_Aprvd_Estimate_Chgs: AMOUNT,
  },
  JCM_MASTER__CATEGORY: {
    Job: CODE,
    Extra: CODE,
    Cost_Code: CODE,
    Category: CODE,
    Description: TEXT,
    Status: "varchar(20)",
    Original_Estimate: AMOUNT,
    Approved_Estimate_Changes: AMOUNT,
    Total_Estimate: AMOUNT,
  },
  JCM_MASTER__STANDARD_COST_CODE: { Cost_Code: CODE, Description: TEXT, Group_Cost_Code: "bit" },
  JCM_MASTER__STANDARD_CATEGORY: { Category: CODE, Description: TEXT },
  JCT_CURRENT__TRANSACTION: ENTRY_COLUMNS,
  JCT_HISTORY__TRANSACTION: ENTRY_COLUMNS,
  // What a copy does not show: every entry, posted (with a run) or not, its amount in whole cents.
  SIM_ENTRY: {
    entry: "bigint",
    job: CODE,
    extra: CODE,
    cost_code: CODE,
    category: CODE,
    kind: "varchar(20)",
    cents: "bigint",
    day: "varchar(10)",
    description: TEXT,
    quantity: "varchar(40)",
    run: "bigint",
    sequence: "bigint",
  },
  SIM_FILE: { name: "varchar(260)" },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

export type CopyTable = keyof typeof COLUMNS;

/** The columns that name a master's record. */
export const MASTER_CODES = {
  JCM_MASTER__JOB: ["Job"],
  JCM_MASTER__EXTRA: ["Job", "Extra"],
  JCM_MASTER__COST_CODE: ["Job", "Extra", "Cost_Code"],
  JCM_MASTER__CATEGORY: ["Job", "Extra", "Cost_Code", "Category"],
  JCM_MASTER__STANDARD_COST_CODE: ["Cost_Code"],
  JCM_MASTER__STANDARD_CATEGORY: ["Category"],
} as const satisfies Partial<Record<CopyTable, readonly string[]>>;
export type MasterTable = keyof typeof MASTER_CODES;

/**
 * Makes the tables of a SQL Server or SQLite copy of Sage's Job Cost, named as Sage's ODBC driver names them,
 * and the simulator's own tables (`SIM_`) beside them.
 * @throws if one of them exists
 */
export async function createSageCopy(db: Db): Promise<void> {
  const { build } = db.sql;
  await db.transaction(async (tx) => {
    for (const [table, columns] of Object.entries(COLUMNS)) {
      const definitions = Object.entries(columns).map(([column, type]) =>
        build.raw(`?? ${type} null`, [column]),
      );
      await tx.query(
        build.raw(`create table ?? (${definitions.map(() => "?").join(", ")})`, [table, ...definitions]),
      );
    }
    for (const [table, codes] of Object.entries(MASTER_CODES)) await index("unique index", table, codes);
    await index("index", "JCT_CURRENT__TRANSACTION", ["Run", "Sequence"]);
    await index("unique index", "SIM_ENTRY", ["entry"]);

    async function index(type: string, table: string, columns: readonly string[]): Promise<void> {
      const list = columns.map(() => "??").join(", ");
      await tx.query(build.raw(`create ${type} ?? on ?? (${list})`, [`${table}_index`, table, ...columns]));
    }
  });
}
