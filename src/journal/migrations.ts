import type { Sql } from "../db/db.ts";
import type { Names } from "../names.ts";
import { budgetActionView } from "./budget-action-view.ts";
import { journalTables } from "./tables.ts";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: (sql: Sql, names: Names) => string[];
}

/** Forward only: a migration that was released is never edited, a later one follows it. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "journal",
    statements: (sql, names) => [...journalTables(sql, names), ...budgetActionView(sql.engine, names)],
  },
];
