import type { Db } from "../db/db.ts";
import { integer, text } from "../db/values.ts";
import { type Names, STAGING_TABLES, type StagingTable } from "../names.ts";

/**
 * The columns of staging by which its rows are looked up, each of which wants an index that begins with it: a
 * project's documents, a document's lines, a row by its id, documents by what is to be done with them.
 *
 * None of these indexes is unique: staging is others', who may repeat an id, or write it with blanks around it. So
 * ids are compared trimmed, by the spellings that were read where there are any; a statement that has to trim the
 * column itself reads the narrow index from end to end instead of the table.
 */
const INDEXED_COLUMNS: Readonly<Record<StagingTable, readonly string[]>> = {
  project: ["project_id"],
  sub_job: ["project_id"],
  budget: ["budget_id", "project_id", "erp_status"],
  budget_line_item: ["line_item_id", "budget_id"],
  budget_modification: ["modification_id", "project_id", "erp_status"],
  budget_modification_line: ["modification_line_id", "modification_id"],
};

export interface StagingIndex {
  /** As the statement names it, with its schema where there is one. */
  readonly table: string;
  readonly column: string;
  /** Makes it. */
  readonly statement: string;
}

/**
 * The indexes that staging lacks. One that somebody made under another name, of more columns or unique, will do if
 * it begins with the column. A view has none and can be given none, and what is not there cannot be indexed: neither
 * is named.
 */
export async function missingStagingIndexes(db: Db, names: Names): Promise<StagingIndex[]> {
  const missing: StagingIndex[] = [];
  for (const table of STAGING_TABLES) {
    const name = names.staging(table);
    const isIndexed = await indexableColumns(db, name);
    for (const column of INDEXED_COLUMNS[table])
      if (isIndexed.get(column) === false)
        missing.push({ table: name, column, statement: indexStatement(db, name, table, column) });
  }
  return missing;
}

/** The columns of a table that can be indexed, by name in lower case, each with whether an index begins with it. */
async function indexableColumns(db: Db, name: string): Promise<Map<string, boolean>> {
  const [schema = "", table = ""] = name.includes(".") ? name.split(".") : ["", name];
  const statement =
    db.engine === "sqlite"
      ? db.sql.build.raw(
          `select own.name as column_name, exists (
             select 1 from pragma_index_list(?) one join pragma_index_info(one.name) part
             where one.partial = 0 and part.seqno = 0 and part.name = own.name) as is_indexed
           from pragma_table_info(?) own
           where exists (select 1 from sqlite_master where type = 'table' and name = ? collate nocase)`,
          [table, table, table],
        )
      : db.sql.build.raw(
          // A column of any length (-1) takes no index.
          `select own.name as column_name, case when exists (
             select 1 from sys.index_columns part
             join sys.indexes one on one.object_id = part.object_id and one.index_id = part.index_id
             where part.object_id = own.object_id and part.column_id = own.column_id and part.key_ordinal = 1
               and one.is_disabled = 0 and one.has_filter = 0) then 1 else 0 end as is_indexed
           from sys.columns own
           join sys.tables found on found.object_id = own.object_id
           join sys.schemas place on place.schema_id = found.schema_id
           where place.name = ? and found.name = ? and own.max_length > 0`,
          [schema, table],
        );
  return new Map(
    (await db.query(statement)).map((row) => [
      text(row, "column_name").toLowerCase(),
      integer(row, "is_indexed") === 1,
    ]),
  );
}

const indexStatement = ({ engine }: Db, name: string, table: StagingTable, column: string): string =>
  engine === "sqlite"
    ? `create index "ix_${table}_${column}" on "${name}" ("${column}")`
    : `create index [ix_${table}_${column}] on ${name
        .split(".")
        .map((part) => `[${part}]`)
        .join(".")} ([${column}])`;
