import type { CompanyContext } from "../../context.ts";
import type { MappingSet } from "../../core/mapping-set.ts";
import { toTimestamp } from "../../core/time.ts";
import { tellAudit } from "../../journal/audit-chain.ts";
import { withinLease } from "../../journal/lease.ts";
import { insertMappingSet, readLastMappingSet } from "../../journal/mapping-sets.ts";

/** Keeps a good set in the journal as the one in force, with an audit event, if it is not the one already. */
export async function keepMappingSet(context: CompanyContext, mapping: MappingSet): Promise<void> {
  const { db, names, clock, company } = context;
  const last = await readLastMappingSet(db, names, company.id);
  if (last?.sha256 === mapping.sha256) return;
  const at = toTimestamp(clock.now());
  const version = (last?.version ?? 0) + 1;
  const { sha256, files } = mapping;
  await withinLease(context, async (tx) => {
    await insertMappingSet(context, tx, { sha256, files, version, at });
    await tellAudit(context, tx, at, {
      event: "mapping_in_force",
      subject: `version ${version}`,
      details: { sha256, files: files.map(({ name, sha256 }) => ({ name, sha256 })) },
    });
  });
}
