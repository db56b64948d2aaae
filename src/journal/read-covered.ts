import type { Db, Row } from "../db/db.ts";
import { cents, integer, text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";
import { COVERED, type CoveredName, type CoveredPart } from "./covered-columns.ts";
import { hashOfCells, shortHash } from "./row-digest.ts";

/** A row that an event stands for, as it is found. */
export interface CoveredRow {
  /** null where what it refers to is not there. */
  readonly company: string | null;
  readonly event: bigint | null;
  readonly hash: bigint;
  /** Whether the row's own short hash is that of what it says; null where it has none. */
  readonly fitsItsHash: boolean | null;
  /** The row's name for people. */
  readonly name: () => string;
}

/** Every row of a part, whichever company's, from a cursor. What has no event yet, or never gets one, is not among them. */
export async function* readCovered(
  db: Db,
  names: Names,
  part: CoveredName,
): AsyncGenerator<CoveredRow, undefined> {
  const { table, columns, event, named, hasHash }: CoveredPart = COVERED[part];
  const { build } = db.sql;
  const statement = build(`${names.journal(table)} as x`).select("x.*");
  const owners: string[] = [];
  if (columns.includes("company")) owners.push("x.company");
  else
    for (const [column, alias] of [
      ["batch", "b"],
      ["project", "p"],
    ] as const) {
      if (table !== column && !columns.includes(column)) continue;
      statement.leftJoin(
        `${names.journal(column)} as ${alias}`,
        `${alias}.id`,
        table === column ? "x.id" : `x.${column}`,
      );
      owners.push(`${alias}.company`);
    }
  statement.select(
    build.raw(
      `coalesce(${[...owners, "null"].map((owner) => (owner === "null" ? owner : "??")).join(", ")}) as row_company`,
      owners,
    ),
    build.ref(event === null ? "b.event" : `x.${event}`).as("row_event"),
  );
  if (event !== null) statement.whereNotNull(`x.${event}`);
  for await (const row of db.rows(statement)) {
    const hash = hashOfCells(columns.map((column) => row[column]));
    yield {
      company: textOrNull(row, "row_company"),
      event: row.row_event === null ? null : cents(row, "row_event"),
      hash,
      fitsItsHash: hasHash ? row.row_hash !== null && cents(row, "row_hash") === shortHash(hash) : null,
      name: () => named.map((column) => `${column} ${String(row[column])}`).join(", "),
    };
  }
}

/** An import line whose copy of what was found of it does not say what its findings say. */
export interface CopyDiffering {
  readonly company: string;
  readonly line: string;
  readonly column: string;
  readonly there: string;
  readonly found: string;
}

interface Copy {
  state: string;
  state_event: bigint;
  posted_cents: bigint;
  ambiguous: bigint;
  tied_out_event: bigint | null;
}

/** Makes what is copied beside each import line again from what was found of it, and gives what differs. */
export async function* readCopiesDiffering(db: Db, names: Names): AsyncGenerator<CopyDiffering, undefined> {
  // One statement, so that what is written meanwhile is either in both or in neither.
  const statement = db.sql
    .build(`${names.journal("import_line")} as l`)
    .join(`${names.journal("batch")} as b`, "b.id", "l.batch")
    .leftJoin(`${names.journal("line_state")} as s`, (on) =>
      on.on("s.batch", "l.batch").andOn("s.line_no", "l.line_no"),
    )
    .orderBy(["l.batch", "l.line_no", "s.event"])
    .select(
      ...["b.company", "b.batch_id", "b.event as claim_event", "l.batch", "l.line_no", "l.cents"],
      ...["l.state", "l.state_event", "l.posted_cents", "l.ambiguous", "l.tied_out_event"],
      ...["s.event", "s.state as found", "s.posted_cents as found_cents", "s.ambiguous as found_ambiguous"],
    );
  let line: { readonly row: Row; readonly copy: Copy } | null = null;
  for await (const row of db.rows(statement)) {
    const isNext =
      line &&
      (text(line.row, "batch") !== text(row, "batch") ||
        integer(line.row, "line_no") !== integer(row, "line_no"));
    if (line && isNext) yield* differing(line.row, line.copy);
    if (!line || isNext) line = { row, copy: asClaimed(row) };
    if (row.event !== null) follow(line.copy, row);
  }
  if (line) yield* differing(line.row, line.copy);
}

const asClaimed = (row: Row): Copy => {
  const [isNothing, claimed] = [cents(row, "cents") === 0n, cents(row, "claim_event")];
  return {
    state: isNothing ? "posted" : "awaiting_posting",
    state_event: claimed,
    posted_cents: 0n,
    ambiguous: 0n,
    tied_out_event: isNothing ? claimed : null,
  };
};

function follow(copy: Copy, row: Row): void {
  const event = cents(row, "event");
  const state = text(row, "found");
  if (state !== copy.state) copy.state_event = event;
  copy.state = state;
  copy.posted_cents = cents(row, "found_cents");
  copy.ambiguous = cents(row, "found_ambiguous");
  if (state === "posted") copy.tied_out_event ??= event;
}

function* differing(row: Row, copy: Copy): Generator<CopyDiffering> {
  for (const [column, found] of Object.entries(copy)) {
    const there = row[column] ?? null;
    if (String(there) === String(found)) continue;
    yield {
      company: text(row, "company"),
      line: `line ${text(row, "line_no")} of ${text(row, "batch_id")}`,
      ...{ column, there: String(there), found: String(found) },
    };
  }
}
