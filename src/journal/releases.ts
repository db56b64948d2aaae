import type { CompanyContext } from "../context.ts";
import type { HoldRuleName } from "../core/holds.ts";
import type { DocumentType } from "../core/staged.ts";
import type { Queries } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { text } from "../db/values.ts";
import type { Names } from "../names.ts";
import { type AmongProjects, isAmong } from "./among.ts";
import { insertCovered } from "./covered.ts";

/** A held document that a person let go, as it was accepted and said then. */
export interface Release {
  readonly projectId: string;
  readonly document: DocumentType;
  readonly documentId: string;
  readonly acceptedAt: string;
  readonly content: string;
}

export async function readReleases(
  queries: Queries,
  names: Names,
  company: string,
  among?: AmongProjects,
): Promise<Release[]> {
  const statement = queries.sql.build(names.journal("release")).where({ company });
  if (among) statement.whereIn("project_id", idSet(queries, among.projectIds));
  const rows = await queries.query(
    statement.select("project_id", "document", "document_id", "accepted_at", "content"),
  );
  return rows
    .map((row) => ({
      projectId: text(row, "project_id"),
      document: text(row, "document") as DocumentType,
      documentId: text(row, "document_id"),
      acceptedAt: text(row, "accepted_at"),
      content: text(row, "content"),
    }))
    .filter(isAmong(among));
}

export async function insertRelease(
  context: CompanyContext,
  tx: Queries,
  release: Release & { readonly rule: HoldRuleName; readonly reason: string; readonly releasedAt: string },
): Promise<void> {
  await insertCovered(
    context,
    tx,
    context.names.journal("release"),
    {
      company: "text",
      project_id: "text",
      document: "text",
      document_id: "text",
      accepted_at: "text",
      content: "text",
      rule: "text",
      reason: "text",
      actor: "text",
      released_at: "text",
    },
    [
      {
        company: context.company.id,
        project_id: release.projectId,
        document: release.document,
        document_id: release.documentId,
        accepted_at: release.acceptedAt,
        content: release.content,
        rule: release.rule,
        reason: release.reason.slice(0, 1_000),
        actor: context.actor,
        released_at: release.releasedAt,
      },
    ],
  );
}
