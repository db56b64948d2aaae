import type { CompanyConfig } from "../config/schema.ts";
import type { Context, Lease } from "../context.ts";
import type { MappingFile, MappingSet } from "../core/mapping-set.ts";
import { toTimestamp } from "../core/time.ts";
import { integer, text } from "../db/values.ts";
import { appendAudit, nextAuditEvent } from "../journal/audit-chain.ts";
import { withinLease } from "../journal/lease.ts";
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
    .map((look) => (look.ok ? "" : look.problem.message))
    .find((message) => message);

  const last = await lastMappingSet({ db, names }, company.id);
  const kept = last && parseMappingSet(last.files, rules);
  return {
    mapping: kept?.ok ? kept.value : null,
    refused: refused ?? "The mapping files are being changed at this moment.",
  };
}

async function lastMappingSet(
  { db, names }: Pick<Context, "db" | "names">,
  company: string,
): Promise<{ version: number; sha256: string; files: MappingFile[] } | null> {
  const [row] = await db.query(
    db.sql
      .build(names.journal("mapping_set"))
      .where({ company })
      .orderBy("version", "desc")
      .limit(1)
      .select(),
  );
  if (!row) return null;
  return {
    version: integer(row, "version"),
    sha256: text(row, "sha256"),
    files: JSON.parse(text(row, "files")) as MappingFile[],
  };
}

/** Keeps a good set in the journal as the one in force, with an audit event, if it is not the one already. */
export async function keepMappingSet(
  context: Context & { readonly company: CompanyConfig; readonly runId: string; readonly lease: Lease },
  mapping: MappingSet,
): Promise<void> {
  const { names, clock, company, actor, runId } = context;
  const last = await lastMappingSet(context, company.id);
  if (last?.sha256 === mapping.sha256) return;
  const at = toTimestamp(clock.now());
  await withinLease(context, async (tx) => {
    const version = (last?.version ?? 0) + 1;
    await tx.query(
      tx.sql.build(names.journal("mapping_set")).insert({
        company: company.id,
        version,
        sha256: mapping.sha256,
        in_force_since: at,
        run_id: runId,
        files: JSON.stringify(mapping.files),
      }),
    );
    const event = await nextAuditEvent(
      tx,
      names,
      { company: company.id, at, actor, runId },
      {
        event: "mapping_in_force",
        subject: `version ${version}`,
        details: {
          sha256: mapping.sha256,
          files: mapping.files.map(({ name, sha256 }) => ({ name, sha256 })),
        },
      },
    );
    await appendAudit(tx, names, event);
  });
}
