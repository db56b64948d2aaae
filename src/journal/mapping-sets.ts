import type { CompanyContext } from "../context.ts";
import type { MappingFile, MappingSet } from "../core/mapping-set.ts";
import type { Queries, Row } from "../db/db.ts";
import { integer, text } from "../db/values.ts";
import type { Names } from "../names.ts";
import { insertCovered } from "./covered.ts";

/** A set of mapping files that came into force. Versions count up from 1. */
export interface KeptMappingSet {
  readonly version: number;
  readonly sha256: string;
  readonly inForceSince: string;
  readonly files: readonly MappingFile[];
}

const readVersion = (row: Row): Omit<KeptMappingSet, "files"> => ({
  version: integer(row, "version"),
  sha256: text(row, "sha256"),
  inForceSince: text(row, "in_force_since"),
});
const readSet = (row: Row): KeptMappingSet => ({
  ...readVersion(row),
  files: JSON.parse(text(row, "files")) as MappingFile[],
});

const newestFirst = (queries: Queries, names: Names, company: string) =>
  queries.sql.build(names.journal("mapping_set")).where({ company }).orderBy("version", "desc");

/** The set that came into force last; null if none ever did. */
export async function readLastMappingSet(
  queries: Queries,
  names: Names,
  company: string,
): Promise<KeptMappingSet | null> {
  const [row] = await queries.query(newestFirst(queries, names, company).limit(1).select());
  return row ? readSet(row) : null;
}

/** The same without its files. */
export async function readMappingVersion(
  queries: Queries,
  names: Names,
  company: string,
): Promise<Omit<KeptMappingSet, "files"> | null> {
  const [row] = await queries.query(
    newestFirst(queries, names, company).limit(1).select("version", "sha256", "in_force_since"),
  );
  return row ? readVersion(row) : null;
}

/** The sets that were in force up to a moment, the newest first. */
export async function readMappingSetsUntil(
  queries: Queries,
  names: Names,
  company: string,
  { until, most }: { readonly until: string; readonly most: number },
): Promise<KeptMappingSet[]> {
  const statement = newestFirst(queries, names, company).where("in_force_since", "<=", until).limit(most);
  return (await queries.query(statement.select())).map(readSet);
}

export const insertMappingSet = (
  context: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  set: Pick<MappingSet, "sha256" | "files"> & { readonly version: number; readonly at: string },
): Promise<void> =>
  insertCovered(
    context,
    tx,
    context.names.journal("mapping_set"),
    { company: "text", version: "integer", sha256: "text", in_force_since: "text", files: "text" },
    [
      {
        company: context.company.id,
        version: set.version,
        sha256: set.sha256,
        in_force_since: set.at,
        files: JSON.stringify(set.files),
      },
    ],
  );
