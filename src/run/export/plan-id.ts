import { createHash } from "node:crypto";
import { keyId } from "../../core/key.ts";
import { documentContent } from "../../core/plan/content.ts";
import { documentKey, type PlannedProject } from "../../core/plan/types.ts";
import { sha256 } from "../../core/sha256.ts";
import type { Day } from "../../core/time.ts";

/** Characters of an id that people copy: enough that no two plans of a site share one. */
const ID_LENGTH = 16;

/** What an export would do for one company, as a hash: the same as long as it would do the same. */
export interface PlanDigest {
  addBatch(projects: readonly PlannedProject[]): void;
  addNothingToSend(project: PlannedProject): void;
  /** Of all that was added. */
  digest(): string;
}

export function planDigest(
  company: string,
  recovered: readonly string[],
  /** What batches are written with beside the plan. */
  batchesWith: { readonly mappingSha256: string; readonly transactionDate: Day },
): PlanDigest {
  const hash = createHash("sha256");
  const add = (what: unknown) => hash.update(`${JSON.stringify(what)}\n`);
  add([company, recovered]);
  let isFirst = true;
  return {
    addBatch(projects) {
      if (isFirst) add([batchesWith.mappingSha256, batchesWith.transactionDate]);
      isFirst = false;
      add("batch");
      for (const project of projects) add(projectSays(project));
    },
    addNothingToSend(project) {
      add("nothing to send");
      add(projectSays(project));
    },
    digest: () => hash.digest("hex"),
  };
}

/** One id for the plans of several companies, in the order of the configuration. */
export const planIdOf = (digests: readonly string[]): string =>
  sha256(JSON.stringify(digests)).slice(0, ID_LENGTH);

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
