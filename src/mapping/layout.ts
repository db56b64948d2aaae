import type { CodeKind } from "./codes.ts";

export type ColumnName =
  | "project_number"
  | "job"
  | "shared"
  | "sub_job"
  | "extra"
  | "description"
  | "cost_code"
  | "sage_cost_code"
  | "cost_type"
  | "category";

export interface Column {
  readonly name: ColumnName;
  /** A part of what a row is found by, a code of Sage's, or neither. */
  readonly holds: "key" | "prefix_key" | "shared" | "text" | CodeKind;
  /** The header may lack it. */
  readonly optional?: true;
  /** A row may leave it empty. */
  readonly blank?: true;
  /** Each project has its own: the same letters in another case may be another project's business. */
  readonly ofProject?: true;
}

export type MappingFileName = "jobs.csv" | "extras.csv" | "cost-codes.csv" | "categories.csv";

export interface FileLayout {
  readonly name: MappingFileName;
  /** Absent, nothing of its kind is mapped. */
  readonly optional?: true;
  readonly columns: readonly Column[];
}

const anyProject: Column = { name: "project_number", holds: "key", blank: true };

/** The mapping files and their columns (contract §4), in the order they are read and reported. */
export const MAPPING_LAYOUT: readonly FileLayout[] = [
  {
    name: "jobs.csv",
    columns: [
      { name: "project_number", holds: "key" },
      { name: "job", holds: "job" },
      { name: "shared", holds: "shared", optional: true, blank: true },
    ],
  },
  {
    name: "extras.csv",
    optional: true,
    columns: [
      anyProject,
      { name: "sub_job", holds: "key", ofProject: true },
      { name: "extra", holds: "extra", ofProject: true },
      { name: "description", holds: "text", blank: true },
    ],
  },
  {
    name: "cost-codes.csv",
    columns: [
      anyProject,
      { name: "cost_code", holds: "prefix_key", ofProject: true },
      { name: "sage_cost_code", holds: "cost_code" },
      { name: "cost_type", holds: "key", optional: true, blank: true, ofProject: true },
    ],
  },
  {
    name: "categories.csv",
    columns: [
      anyProject,
      { name: "cost_type", holds: "key", ofProject: true },
      { name: "category", holds: "category" },
    ],
  },
];

export const isKey = (column: Column): boolean => column.holds === "key" || column.holds === "prefix_key";
