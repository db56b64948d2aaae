import { createHash } from "node:crypto";
import { joinKey } from "../../core/key.ts";
import type { Cents } from "../../core/money.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import type { ErpStatus } from "../../core/staged.ts";
import { stageProblems } from "./problems.ts";
import type { ExportRow } from "./procore-export.ts";

interface StagedHeader {
  /** As staging holds it. */
  readonly status: string;
  readonly locked: boolean;
}

export interface LoadLine {
  readonly id: string;
  readonly subJob: string;
  readonly costCode: string;
  readonly costType: string;
  readonly description: string;
  readonly cents: Cents;
}

/** What staging holds of a project. */
export interface StagedProjectState {
  readonly projectName: string | null;
  /** Names by code. */
  readonly subJobs: ReadonlyMap<string, string>;
  readonly budget: StagedHeader | null;
  /** By id; cents are null where staging's amount is none. */
  readonly lines: ReadonlyMap<string, { readonly description: string; readonly cents: Cents | null }>;
  readonly modifications: readonly (StagedHeader & { readonly id: string; readonly number: string })[];
  /** The lines of all modifications, whatever their status. */
  readonly modificationLines: readonly Omit<LoadLine, "id">[];
}

/** What loading a file writes. */
export interface LoadPlan {
  readonly project: "insert" | "rename" | null;
  readonly newSubJobs: ReadonlyMap<string, string>;
  readonly renamedSubJobs: ReadonlyMap<string, string>;
  readonly budget: "insert" | "send_again" | "accept" | null;
  readonly added: readonly LoadLine[];
  readonly changed: readonly LoadLine[];
  readonly removed: readonly string[];
  readonly modification: {
    readonly id: string;
    readonly number: string;
    readonly lines: readonly LoadLine[];
  } | null;
  /** Ids of modifications that were sent and become accepted. */
  readonly acceptedModifications: readonly string[];
}

const NAMESPACE = "6f0d5a0e-6d4b-4f55-9a3e-7c1f2b8e4d90";

/** The same parts give the same id everywhere and for ever: a UUID of version 5 (RFC 9562, SHA-1). */
function stagingId(...parts: readonly string[]): string {
  const hash = createHash("sha1").update(Buffer.from(NAMESPACE.replaceAll("-", ""), "hex"));
  const bytes = hash
    .update(joinKey(...parts))
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export const projectIdOf = (company: string, projectNumber: string): string =>
  stagingId("project", company, projectNumber);
export const budgetIdOf = (projectId: string): string => stagingId("budget", projectId);

/** While a document has another status, Procore lets nobody re-send a budget, add lines or modify it. */
const CHANGEABLE: ReadonlySet<string> = new Set<ErpStatus>([
  "not_sent",
  "sent",
  "rejected",
  "retrieved",
  "synced",
]);
const ACCEPTABLE: ReadonlySet<string> = new Set<ErpStatus>(["not_sent", "sent"]);

/**
 * Compares a file with what staging holds. Original amounts become the file's; of the modifications column,
 * which is a running total, only what no modification holds yet becomes a further modification.
 * Fails with `stage_budget_locked` where the file changes something that waits for posting.
 */
export function planLoad(
  staged: StagedProjectState,
  input: {
    readonly projectId: string;
    readonly projectNumber: string;
    readonly projectName: string;
    readonly rows: readonly ExportRow[];
    readonly accept: boolean;
  },
): Outcome<LoadPlan> {
  const { projectId, rows, accept } = input;
  const lines = rows.map(
    ({ subJob, costCode, costType, description, original }): LoadLine => ({
      id: stagingId("line", projectId, subJob, costCode, costType),
      subJob,
      costCode,
      costType,
      description,
      cents: original,
    }),
  );
  const wanted = new Set(lines.map((line) => line.id));
  const added = lines.filter((line) => !staged.lines.has(line.id));
  const changed = lines.filter((line) => {
    const before = staged.lines.get(line.id);
    return before && (before.cents !== line.cents || before.description !== line.description);
  });
  const removed = [...staged.lines.keys()].filter((id) => !wanted.has(id));
  const originalChanges = added.length + changed.length + removed.length > 0;
  const modification = planModification(staged, projectId, rows);

  if (originalChanges || modification) {
    const documents = [
      ...(staged.budget ? [{ ...staged.budget, label: "the budget" }] : []),
      ...staged.modifications.map((one) => ({ ...one, label: `modification ${one.number}` })),
    ];
    const waiting = documents.find((one) => one.locked || !CHANGEABLE.has(plain(one.status)));
    if (waiting)
      return fail(
        stageProblems.stage_budget_locked(
          input.projectNumber,
          waiting.label,
          `"${waiting.status}"${waiting.locked ? " and locked" : ""}`,
        ),
      );
  }

  const acceptable = (header: StagedHeader) => accept && ACCEPTABLE.has(plain(header.status));
  const subJobs = subJobNames(rows);
  return ok({
    project:
      staged.projectName === null ? "insert" : staged.projectName !== input.projectName ? "rename" : null,
    newSubJobs: new Map(
      [...subJobs].filter(([code]) => !staged.subJobs.has(code)).map(([code, name]) => [code, name || code]),
    ),
    renamedSubJobs: new Map(
      [...subJobs].filter(
        ([code, name]) => name !== "" && staged.subJobs.has(code) && staged.subJobs.get(code) !== name,
      ),
    ),
    budget: !staged.budget
      ? "insert"
      : originalChanges
        ? "send_again"
        : acceptable(staged.budget)
          ? "accept"
          : null,
    added,
    changed,
    removed,
    modification,
    acceptedModifications: staged.modifications.filter(acceptable).map((one) => one.id),
  });
}

const plain = (status: string): string => status.trim().toLowerCase();

/** Names by code; empty where no row of the file gives one. */
function subJobNames(rows: readonly ExportRow[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { subJob, subJobName } of rows)
    if (subJob !== "") names.set(subJob, names.get(subJob) || subJobName);
  return names;
}

function planModification(
  staged: StagedProjectState,
  projectId: string,
  rows: readonly ExportRow[],
): LoadPlan["modification"] {
  const differences = new Map<string, Omit<LoadLine, "id">>();
  const add = (line: Omit<LoadLine, "id">) => {
    const key = joinKey(line.subJob, line.costCode, line.costType);
    const cents = (differences.get(key)?.cents ?? 0n) + line.cents;
    differences.set(key, { ...(differences.get(key) ?? line), cents });
  };
  for (const row of rows) {
    const { subJob, costCode, costType, description, modifications } = row;
    add({ subJob, costCode, costType, description, cents: modifications });
  }
  // Rejected ones count too: the file cannot tell them apart, and counting them never sends an amount twice.
  for (const line of staged.modificationLines) add({ ...line, cents: -line.cents });

  const lines = [...differences.values()].filter((line) => line.cents !== 0n);
  if (lines.length === 0) return null;
  const numbers = staged.modifications.map(({ number }) => (/^\d{1,9}$/.test(number) ? Number(number) : 0));
  const number = String(Math.max(0, ...numbers) + 1);
  const id = stagingId("modification", projectId, number);
  return {
    id,
    number,
    lines: lines.map((line) => ({
      ...line,
      id: stagingId("modification line", id, line.subJob, line.costCode, line.costType),
    })),
  };
}
