import { keyId } from "../../core/key.ts";
import { documentContent } from "../../core/plan/content.ts";
import { documentKey, type Plan, type PlannedProject } from "../../core/plan/types.ts";
import { sha256 } from "../../core/sha256.ts";
import type { Day } from "../../core/time.ts";

/** Characters of an id that people copy: enough that no two plans of a site share one. */
const ID_LENGTH = 16;

/** What an export would do for one company, as a hash: the same as long as it would do the same. */
export function planDigest(
  company: string,
  plan: Pick<Plan, "batches" | "nothingToSend">,
  recovered: readonly string[],
  /** What batches are written with beside the plan. */
  batchesWith: { readonly mappingSha256: string; readonly transactionDate: Day },
): string {
  return hashOf([
    company,
    recovered,
    plan.batches.length > 0 ? [batchesWith.mappingSha256, batchesWith.transactionDate] : [],
    plan.batches.map((batch) => batch.projects.map(projectSays)),
    plan.nothingToSend.map(projectSays),
  ]);
}

/** One id for the plans of several companies, in the order of the configuration. */
export const planIdOf = (digests: readonly string[]): string => hashOf(digests).slice(0, ID_LENGTH);

const projectSays = ({ project, documents, lines }: PlannedProject) => [
  project.projectId,
  documents.map((document) => [documentKey(document), document.acceptedAt, documentContent(document)]),
  lines.map((line) => [
    line.kind,
    keyId(line.key),
    line.cents.toString(),
    line.inFile,
    line.extraIsNew,
    line.costCodeIsNew,
    line.jobDescription,
    line.extraDescription,
    line.costCodeDescription,
  ]),
];

const hashOf = (value: unknown): string => sha256(JSON.stringify(value));
