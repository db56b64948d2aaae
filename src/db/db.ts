import type { Knex } from "knex";

export type Engine = "sqlite" | "sqlserver";

/** One column's value as a driver gives it; the readers in `values.ts` turn it into what the program uses. */
export type Value = string | number | bigint | boolean | Date | Uint8Array | null;
export type Row = Record<string, Value>;

/** A statement: built by knex, never run by it. */
export type Statement = Knex.QueryBuilder | Knex.Raw;

/** The type of a column in a set of rows sent as one parameter; `money` is staging's own, given as text. */
export type RowSetType = "text" | "integer" | "cents" | "money";
export type RowSetColumns = Readonly<Record<string, RowSetType>>;
export type RowValues = Readonly<Record<string, string | number | bigint | null>>;

/** Which rows of a table are changed, and how: a row for each, by its key. */
export interface RowChanges {
  /** Columns that are the same for all rows, with their value. */
  readonly scope?: Readonly<Record<string, string>>;
  readonly keys: RowSetColumns;
  readonly columns: RowSetColumns;
  readonly rows: readonly RowValues[];
}

/** What can be asked of a database, inside or outside a transaction. */
export interface Queries {
  readonly sql: Sql;
  /** Runs one statement and gives all its rows. For results that fit in memory. */
  query(statement: Statement): Promise<Row[]>;
  /** Adds rows with the columns named, however many; outside a transaction not all at once. */
  insert(table: string, columns: RowSetColumns, rows: readonly RowValues[]): Promise<void>;
  /** Writes columns of rows, each with values of its own. A key that is not there changes nothing. */
  update(table: string, changes: RowChanges): Promise<void>;
}

/**
 * A database, whichever engine it is. It owns connections and transactions; knex only builds SQL, because
 * knex's SQL Server dialect can run a statement of one transaction on another database's connection.
 */
export interface Db extends Queries {
  readonly engine: Engine;
  /** Gives a statement's rows one by one from a cursor, reading no faster than they are taken. */
  rows(statement: Statement): AsyncIterable<Row>;
  /**
   * Runs `work` in one transaction that may write from its first statement on, and commits when it resolves.
   * Statements must follow one another: a second one started before the first has answered throws.
   *
   * `work` is done again from its beginning where the database undid it or the connection was lost before the
   * commit, so it may touch nothing but the transaction. Where the answer to the commit itself was lost,
   * `wasCommitted` is asked on a new connection; it must wait for the lost transaction to end.
   * @throws CommitUnknown if the answer to the commit was lost and there is nothing to ask
   */
  transaction<T>(
    work: (tx: Queries) => Promise<T>,
    wasCommitted?: (queries: Queries) => Promise<boolean>,
  ): Promise<T>;
  /** Does work that only reads, from its beginning again where the connection was lost on the way. */
  reading<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The differences between the engines' SQL, in one place. */
export interface Sql {
  readonly engine: Engine;
  /** Starts a statement. `table` is a name from `names.ts` or a subquery. */
  readonly build: Knex;
  /** A column as text, whatever it is stored as: no digit or day is lost on the way (decimals, dates). */
  text(column: string): Knex.Raw;
  /** The same, telling capital letters apart whatever the database's collation. */
  exactText(column: string): Knex.Raw;
  /** A column as text without a name, to compare. */
  asText(column: string): Knex.Raw;
  /** A floating-point column as the shortest text that gives the same number back; what is no number, as it stands. */
  float(column: string): Knex.Raw;
  /** A column of any type times a factor, as a whole number. What is no number, or beyond 10^15, is 0 or null. */
  whole(column: string, factor?: number): Knex.Raw;
  /**
   * A hash of some columns of a row, of 48 bits, as a whole number; `null` and an empty text differ. The same for the
   * same content in one database, not in two: each engine has its own.
   */
  rowHash(columns: readonly Knex.Raw[]): Knex.Raw;
  /** The sum of that over rows, in whatever order, as text. Sums of parts add up to the sum of all. */
  rowHashSum(columns: readonly Knex.Raw[]): Knex.Raw;
  /** A column as it is told apart: without blanks around it, and with capital letters, whatever the collation. */
  trimmedText(column: string): Knex.Raw;
  /** The database's own clock, some seconds on, as `YYYY-MM-DDTHH:MM:SSZ`. */
  now(offsetSeconds?: number): Knex.Raw;
  /** Rows sent as one JSON parameter, to select from: a statement grows with chunks, not with rows. */
  rowSet(columns: RowSetColumns, rows: readonly RowValues[]): Knex.Raw;
  /** Reads rows so that nobody changes them before the transaction ends. On SQLite the transaction sees to it. */
  locked(table: string): Knex.Raw;
}
