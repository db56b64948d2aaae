import { gunzipSync, gzipSync } from "node:zlib";
import type { CompanyContext } from "../context.ts";
import { sha256 } from "../core/sha256.ts";
import { COUNT_NAMES, type Counts, NO_COUNTS } from "../core/tie-out/counts.ts";
import type { Db, Queries, Row } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { cents, text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";

/**
 * What parts of a tie-out there are: of jobs that share projects, what is found of their codes (under the first of
 * them); of a project, what is found of it; of a batch likewise.
 */
export type PartKind = "codes" | "project" | "batch";

/** A part of a tie-out: its content is kept once, and is valid until another follows. */
export interface KeptPart {
  readonly number: bigint;
  readonly kind: PartKind;
  readonly name: string;
  readonly sha256: string;
  /** JSON; null if it is not what its hash says. Empty where what it was about is in another part now. */
  readonly body: string | null;
}

/** A part to be kept. */
export interface NewPart {
  readonly kind: PartKind;
  readonly name: string;
  readonly body: string;
  readonly counts?: Counts;
  /** By what is told later whether it has to be made again; null to have it made again. */
  readonly madeFrom?: string | null;
}

type Writer = Pick<CompanyContext, "names" | "company">;

const partTable = (queries: Queries, names: Names, company: string) =>
  queries.sql.build(names.journal("tie_out_part")).where({ company });

/**
 * Keeps a part in the place of the one that was valid. If that says the same, only what it was made from and what it
 * comes to are noted.
 * @returns whether it says something else than before
 */
export async function keepPart(
  { names, company }: Writer,
  tx: Queries,
  { kind, name, body, counts = NO_COUNTS, madeFrom = null }: NewPart,
): Promise<boolean> {
  const valid = () => partTable(tx, names, company.id).where({ kind, name }).whereNull("replaced_by");
  const hash = sha256(body);
  const [before] = await tx.query(valid().select("part_no", "sha256", "body"));
  const kept = body === "" ? "" : packed(body);
  // One whose content is not what its hash says is kept anew.
  if (before && text(before, "sha256") === hash && text(before, "body") === kept) {
    const own = Object.fromEntries(COUNT_NAMES.map((count) => [count, (counts[count] ?? 0n).toString()]));
    await tx.query(valid().update({ made_from: madeFrom, ...own }));
    return false;
  }
  if (!before && body === "") return false;
  await tx.insert(
    names.journal("tie_out_part"),
    {
      ...{ company: "text", kind: "text", name: "text", sha256: "text", body: "text", made_from: "text" },
      ...Object.fromEntries(COUNT_NAMES.map((count) => [count, "cents"] as const)),
    },
    [
      {
        ...{ company: company.id, kind, name, sha256: hash, made_from: madeFrom },
        body: kept,
        ...Object.fromEntries(COUNT_NAMES.map((count) => [count, counts[count] ?? 0n])),
      },
    ],
  );
  if (before) {
    const [own] = await tx.query(
      partTable(tx, names, company.id).where({ kind, name }).max("part_no as last"),
    );
    await tx.query(
      partTable(tx, names, company.id)
        .where({ part_no: text(before, "part_no") })
        .update({ replaced_by: own ? text(own, "last") : null }),
    );
  }
  return true;
}

/** Ends parts whose subject is in another part now. */
export async function endParts(
  writer: Writer,
  tx: Queries,
  kind: PartKind,
  subjects: readonly string[],
): Promise<void> {
  for (const name of subjects) await keepPart(writer, tx, { kind, name, body: "" });
}

/** Has parts made again by whoever makes them next. */
export async function outdateParts(
  { names, company }: Writer,
  tx: Queries,
  kind: PartKind,
  subjects: readonly string[],
): Promise<void> {
  for (const name of subjects)
    await tx.query(
      partTable(tx, names, company.id)
        .where({ kind, name })
        .whereNull("replaced_by")
        .update({ made_from: null }),
    );
}

/** The valid part of a subject; null if there is none, or it is not what its hash says. */
export async function readPart(
  queries: Queries,
  names: Names,
  company: string,
  { kind, name }: Pick<KeptPart, "kind" | "name">,
): Promise<string | null> {
  const [row] = await queries.query(
    partTable(queries, names, company).where({ kind, name }).whereNull("replaced_by").select(),
  );
  return row ? readKept(row).body || null : null;
}

/** By what is told whether valid parts have to be made again, by name. */
export async function readMadeFrom(
  queries: Queries,
  names: Names,
  company: string,
  kind: PartKind,
): Promise<ReadonlyMap<string, string | null>> {
  const rows = await queries.query(
    partTable(queries, names, company)
      .where({ kind })
      .whereNull("replaced_by")
      .whereNot({ body: "" })
      .select("name", "made_from"),
  );
  return new Map(rows.map((row) => [text(row, "name"), textOrNull(row, "made_from")]));
}

/** The parts that were valid when the last of them had a number; all that are valid now without one. */
const validAt = (queries: Queries, names: Names, company: string, last: bigint | null) => {
  const parts = partTable(queries, names, company);
  if (last === null) return parts.whereNull("replaced_by");
  return parts
    .where("part_no", "<=", last.toString())
    .where((either) => either.whereNull("replaced_by").orWhere("replaced_by", ">", last.toString()));
};

/** What parts come to. */
export async function readCounts(
  queries: Queries,
  names: Names,
  company: string,
  last: bigint | null,
): Promise<Counts> {
  const statement = validAt(queries, names, company, last);
  for (const name of COUNT_NAMES) statement.sum(`${name} as ${name}`);
  const [row] = await queries.query(statement);
  return readSums(row);
}

/** What the valid parts of some subjects come to. */
export async function readCountsOf(
  queries: Queries,
  names: Names,
  company: string,
  kind: PartKind,
  subjects: readonly string[],
): Promise<Counts> {
  const statement = validAt(queries, names, company, null)
    .where({ kind })
    .whereIn("name", idSet(queries, subjects));
  for (const name of COUNT_NAMES) statement.sum(`${name} as ${name}`);
  const [row] = await queries.query(statement);
  return readSums(row);
}

const readSums = (row: Row | undefined): Counts =>
  Object.fromEntries(
    COUNT_NAMES.map((name) => [name, row && textOrNull(row, name) !== null ? cents(row, name) : 0n]),
  );

/** The hashes of the valid parts of some subjects. */
export async function readHashesOf(
  queries: Queries,
  names: Names,
  company: string,
  kind: PartKind,
  subjects: readonly string[],
): Promise<string[]> {
  const rows = await queries.query(
    validAt(queries, names, company, null)
      .where({ kind })
      .whereIn("name", idSet(queries, subjects))
      .whereNot({ body: "" })
      .select("sha256"),
  );
  return rows.map((row) => text(row, "sha256"));
}

/** Parts read at a time. */
const PARTS_AT_A_TIME = 20;

/** Parts of a kind by name, a few at a time; those alone that have something to be told of, if that is asked for. */
export async function* readParts(
  db: Db,
  names: Names,
  company: string,
  {
    kind,
    last,
    findingsOnly = false,
  }: { readonly kind: PartKind; readonly last: bigint | null; readonly findingsOnly?: boolean },
): AsyncGenerator<KeptPart, undefined> {
  let after: string | null = null;
  for (;;) {
    const statement = validAt(db, names, company, last)
      .where({ kind })
      .whereNot({ body: "" })
      .orderByRaw("?", [db.sql.trimmedText("name")])
      .limit(PARTS_AT_A_TIME)
      .select("part_no", "kind", "name", "sha256", "body");
    if (after !== null) statement.whereRaw("? > ?", [db.sql.trimmedText("name"), after]);
    if (findingsOnly) statement.where("findings", ">", 0);
    const rows = await db.query(statement);
    for (const row of rows) yield readKept(row);
    const end = rows.at(-1);
    if (!end || rows.length < PARTS_AT_A_TIME) return;
    after = text(end, "name");
  }
}

function readKept(row: Row): KeptPart {
  const hash = text(row, "sha256");
  const packedBody = text(row, "body");
  const body = packedBody === "" ? "" : unpacked(packedBody);
  return {
    number: cents(row, "part_no"),
    kind: text(row, "kind") as PartKind,
    name: text(row, "name"),
    sha256: hash,
    body: body !== null && sha256(body) === hash ? body : null,
  };
}

/** The number of the newest part; 0 if there is none. */
export async function lastPart(queries: Queries, names: Names, company: string): Promise<bigint> {
  const [row] = await queries.query(partTable(queries, names, company).max("part_no as last"));
  return row && textOrNull(row, "last") !== null ? cents(row, "last") : 0n;
}

/**
 * The hash over the parts that are valid: the sum of theirs, so that it is told anew from what has changed.
 * @param since the sum when the part of a number was the last
 */
export async function sumOfParts(
  queries: Queries,
  names: Names,
  company: string,
  since: { readonly last: bigint; readonly sum: string },
): Promise<string> {
  const last = since.last.toString();
  const table = () => partTable(queries, names, company);
  const added = await queries.query(
    table().where("part_no", ">", last).whereNull("replaced_by").whereNot({ body: "" }).select("sha256"),
  );
  const taken = await queries.query(
    table()
      .where("part_no", "<=", last)
      .where("replaced_by", ">", last)
      .whereNot({ body: "" })
      .select("sha256"),
  );
  return addHashes(
    since.sum,
    added.map((row) => text(row, "sha256")),
    taken.map((row) => text(row, "sha256")),
  );
}

const MODULUS = 1n << 256n;
export const NO_PARTS_SUM = "0".repeat(64);

/** Adds hashes to a sum of them, and takes others away, modulo 2^256. */
export function addHashes(sum: string, added: readonly string[], taken: readonly string[] = []): string {
  let total = numberOf(sum);
  for (const hash of added) total += numberOf(hash);
  for (const hash of taken) total -= numberOf(hash);
  return (((total % MODULUS) + MODULUS) % MODULUS).toString(16).padStart(64, "0");
}

/** What is no hash any more counts as nothing: the sum tells that it was one. */
const numberOf = (hash: string): bigint => (/^[0-9a-f]{64}$/.test(hash) ? BigInt(`0x${hash}`) : 0n);

/** Every part there ever was, in the order in which they were kept. */
export async function* readAllParts(
  db: Db,
  names: Names,
  company: string,
): AsyncGenerator<KeptPart & { readonly replacedBy: bigint | null; readonly counts: Counts }, undefined> {
  let after = 0n;
  for (;;) {
    const rows = await db.query(
      partTable(db, names, company)
        .where("part_no", ">", after.toString())
        .orderBy("part_no")
        .limit(PARTS_AT_A_TIME)
        .select("part_no", "kind", "name", "sha256", "body", "replaced_by", ...COUNT_NAMES),
    );
    for (const row of rows)
      yield {
        ...readKept(row),
        replacedBy: row.replaced_by === null ? null : cents(row, "replaced_by"),
        counts: readSums(row),
      };
    const end = rows.at(-1);
    if (!end || rows.length < PARTS_AT_A_TIME) return;
    after = cents(end, "part_no");
  }
}

const packed = (json: string): string => gzipSync(json).toString("base64");

/** null if it is not what `packed` made. */
function unpacked(body: string): string | null {
  try {
    return gunzipSync(Buffer.from(body, "base64")).toString("utf8");
  } catch {
    return null;
  }
}
