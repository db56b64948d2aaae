/** The tables of Sage Job Cost that are read, masters first. */
export const SAGE_TABLES = [
  "JCM_MASTER__JOB",
  "JCM_MASTER__EXTRA",
  "JCM_MASTER__COST_CODE",
  "JCM_MASTER__CATEGORY",
  "JCM_MASTER__STANDARD_COST_CODE",
  "JCM_MASTER__STANDARD_CATEGORY",
  "JCT_CURRENT__TRANSACTION",
  "JCT_HISTORY__TRANSACTION",
] as const;
export type SageTable = (typeof SAGE_TABLES)[number];

/** What a table is read for: its columns, and what cannot be done without them. */
export interface TableNeeds {
  readonly columns: readonly string[];
  readonly loss: string;
  /** Columns without which a row is of no use: the table is then not read. */
  readonly indispensable: readonly string[];
}

const ENTRY_COLUMNS = [
  "Job",
  "Extra",
  "Cost_Code",
  "Category",
  "Transaction_Type",
  "Amount",
  "Run",
  "Sequence",
  "Dist_Sequence",
  "Date_Stamp",
];
/** Without its number an entry cannot be told from another, nor be known again. */
const ENTRY_INDISPENSABLE = ["Job", "Transaction_Type", "Amount", "Run", "Sequence"];

/** Every column of Sage's copy that is read, and no other: readers, digests and what is set aside keep to this list. */
export const NEEDS: Readonly<Record<SageTable, TableNeeds>> = {
  JCM_MASTER__JOB: {
    columns: ["Job", "Description", "Status"],
    loss: "no job can be checked",
    indispensable: ["Job"],
  },
  JCM_MASTER__STANDARD_CATEGORY: {
    columns: ["Category"],
    loss: "no category can be checked",
    indispensable: ["Category"],
  },
  JCM_MASTER__EXTRA: {
    columns: ["Job", "Extra", "Description", "Status"],
    loss: "every extra counts as new, and a closed one is not noticed",
    indispensable: ["Job", "Extra"],
  },
  JCM_MASTER__STANDARD_COST_CODE: {
    columns: ["Cost_Code", "Description", "Group_Cost_Code"],
    loss: "only cost codes already on the job are known",
    indispensable: ["Cost_Code"],
  },
  JCM_MASTER__COST_CODE: {
    columns: ["Job", "Extra", "Cost_Code", "Description", "Status", "Group_Cost_Code"],
    loss: "only standard cost codes are known, and a closed one is not noticed",
    indispensable: ["Job", "Extra", "Cost_Code"],
  },
  JCM_MASTER__CATEGORY: {
    columns: [
      "Job",
      "Extra",
      "Cost_Code",
      "Category",
      "Status",
      "Original_Estimate",
      "Approved_Estimate_Changes",
    ],
    loss: "closed categories and estimates from before this system are not noticed",
    indispensable: ["Job", "Extra", "Cost_Code", "Category"],
  },
  JCT_CURRENT__TRANSACTION: {
    columns: ENTRY_COLUMNS,
    loss: "posted entries are not seen, so nothing is unlocked",
    indispensable: ENTRY_INDISPENSABLE,
  },
  JCT_HISTORY__TRANSACTION: {
    columns: ENTRY_COLUMNS,
    loss: "entries moved to history are not seen",
    indispensable: ENTRY_INDISPENSABLE,
  },
};

/** Whether a table's rows belong to jobs; the others are lists for all of them. */
export const hasJob = (table: SageTable): boolean => NEEDS[table].columns.includes("Job");
