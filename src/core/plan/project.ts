import { type Hold, hold } from "../holds.ts";
import { compareText, keyId } from "../key.ts";
import { absCents } from "../money.ts";
import type { StagedDocument, StagedProject } from "../staged.ts";
import { checkDocument, type ReadyDocument } from "./check-document.ts";
import { distinctDocuments } from "./document-case.ts";
import { inFileOrder, linesOfModifications } from "./lines.ts";
import { placeOf, resolveJob } from "./resolve.ts";
import {
  documentKey,
  NOTHING_SENT,
  type PlanContext,
  type PlannedLine,
  type PlannedProject,
} from "./types.ts";

export interface ProjectPlan {
  /** None or one: a budget and its modifications travel together. */
  readonly toSend: readonly PlannedProject[];
  readonly nothingToSend: readonly PlannedProject[];
  readonly holds: readonly Hold[];
  readonly waiting: ReadonlyMap<string, string>;
}

/** Plans one project: its budget's difference, and its modifications in order, never before the budget. */
export function planProject(
  context: PlanContext,
  project: StagedProject,
  documents: readonly StagedDocument[],
): ProjectPlan {
  const holds: Hold[] = [];
  const waiting = new Map<string, string>();
  for (const document of documents) {
    if (document.status !== null) continue;
    const facts = { value: document.flags.erpStatus.trim() };
    holds.push(hold(placeOf(context.company, project, document), "unknown_status", facts));
  }

  const accepted = distinctDocuments(documents.filter((d) => d.status === "accepted"));
  const ledger = context.ledgers.get(project.projectId) ?? NOTHING_SENT;
  const resolvedJob = resolveJob(context, project);
  const check = (document: StagedDocument): ReadyDocument | null => {
    if (context.leftOut.has(documentKey(document))) return null;
    const checked = checkDocument({ context, project, document, siblings: documents, ledger, resolvedJob });
    holds.push(...checked.holds);
    return checked.ready;
  };

  const ready: ReadyDocument[] = [];
  let budgetGoesOrWent = ledger.budgetSent;
  for (const budget of accepted.filter((d) => d.document === "budget")) {
    const checked = check(budget);
    if (!checked) continue;
    ready.push(checked);
    budgetGoesOrWent = true;
  }
  let heldBefore: StagedDocument | null = null;
  for (const modification of accepted
    .filter((d) => d.document === "modification")
    .sort(inOrderOfAcceptance)) {
    const checked = check(modification);
    // One that was sent before has had its turn: it waits for none, and none for it.
    const wasSent = ledger.sentContents.has(documentKey(modification));
    if (!checked && !wasSent) heldBefore ??= modification;
    if (!checked) continue;
    if (wasSent) ready.push(checked);
    else if (!budgetGoesOrWent)
      waiting.set(documentKey(modification), "waits for the project's original budget to be sent first");
    else if (heldBefore)
      waiting.set(documentKey(modification), `waits for modification ${heldBefore.number}, which goes first`);
    else {
      ready.push(checked);
      // Each modification may fit a record where their sum does not: the later one waits for a batch of its own.
      if (linesTogether(context, ready).some((line) => absCents(line.cents) > context.rules.jce.max_amount)) {
        ready.pop();
        heldBefore = modification;
        waiting.set(
          documentKey(modification),
          "goes in the next batch: together they exceed what a line may carry",
        );
      }
    }
  }
  return { ...divide(context, project, ready), holds, waiting };
}

/** Order of acceptance, then number (numbers by value, before others): the order modifications are sent in. */
const inOrderOfAcceptance = (a: StagedDocument, b: StagedDocument): number =>
  compareText(a.acceptedAt, b.acceptedAt) ||
  compareText(sortableNumber(a.number), sortableNumber(b.number)) ||
  compareText(a.number, b.number) ||
  compareText(a.documentId, b.documentId);

/** Digits by value are digits of one width: `number` has no more than 20 characters. */
const sortableNumber = (number: string): string => (/^\d+$/.test(number) ? number.padStart(20, "0") : number);

/** What is sent in one batch, and what is synced at once since every difference of it is 0.00. */
function divide(
  context: PlanContext,
  project: StagedProject,
  ready: readonly ReadyDocument[],
): Pick<ProjectPlan, "toSend" | "nothingToSend"> {
  const planned = (some: readonly ReadyDocument[]): PlannedProject[] => {
    const job = some[0]?.job;
    if (job === undefined) return [];
    return [{ project, job, documents: some.map((r) => r.document), lines: linesTogether(context, some) }];
  };
  const moving = ready.filter((r) => r.lines.some((line) => line.inFile || line.cents !== 0n));
  const toSend = planned(moving);
  // Modifications that take back one another may leave nothing to write at all.
  if (toSend.every(({ lines }) => lines.every((line) => !line.inFile)))
    return { toSend: [], nothingToSend: planned(ready) };
  return { toSend, nothingToSend: planned(ready.filter((r) => !moving.includes(r))) };
}

/** The lines of documents that travel together, in file order: one per kind and key. */
function linesTogether(context: PlanContext, documents: readonly ReadyDocument[]): PlannedLine[] {
  const [budgets, modifications] = ["budget", "modification"].map((type) =>
    documents.filter((ready) => ready.document.document === type),
  ) as [ReadyDocument[], ReadyDocument[]];
  const originals = budgets.flatMap((budget) => budget.lines);
  const made = new Set(originals.filter((line) => line.inFile).map((line) => keyId(line.key)));
  return inFileOrder([
    ...originals,
    // A key that the originals make exist needs no record of 0.00 among the changes.
    ...linesOfModifications(context, modifications).map((line) =>
      line.cents === 0n && made.has(keyId(line.key)) ? { ...line, inFile: false } : line,
    ),
  ]);
}
