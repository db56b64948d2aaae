import type { CompanyConfig } from "../config/schema.ts";
import type { Context } from "../context.ts";
import type { MappingSet } from "../core/mapping-set.ts";
import { readLastMappingSet } from "../journal/mapping-sets.ts";
import { parseMappingSet } from "./parse.ts";
import { loadMappingFolder } from "./read-folder.ts";

/** The mapping set to work with. */
export interface MappingInForce {
  /** null while no good set was ever seen. */
  readonly mapping: MappingSet | null;
  /** Why the folder's set was refused; empty if it is the one in force. */
  readonly refused: string;
}

/**
 * The folder's set if it is good and was the same in two looks (a file may be half copied in the first), else the
 * last good one, which the journal keeps.
 */
export async function mappingInForce(
  { db, names }: Pick<Context, "db" | "names">,
  company: CompanyConfig,
): Promise<MappingInForce> {
  const rules = { formats: company.formats };
  const first = await loadMappingFolder(company.mappings, rules);
  const second = await loadMappingFolder(company.mappings, rules);
  if (first.ok && second.ok && first.value.sha256 === second.value.sha256)
    return { mapping: second.value, refused: "" };
  const refused = [first, second]
    .map((read) => (read.ok ? "" : read.problem.message))
    .find((message) => message);

  const last = await readLastMappingSet(db, names, company.id);
  const kept = last && parseMappingSet(last.files, rules);
  return {
    mapping: kept?.ok ? kept.value : null,
    refused: refused ?? "The mapping files are being changed at this moment.",
  };
}
