import type { CompanyContext } from "../../context.ts";
import type { Hold } from "../../core/holds.ts";
import { sumCents } from "../../core/money.ts";
import type { Problem } from "../../core/outcome.ts";
import { amountOf } from "../../core/plan/content.ts";
import { planProjects } from "../../core/plan/plan.ts";
import { documentKey, NOTHING_SENT } from "../../core/plan/types.ts";
import type { StagedDocument } from "../../core/staged.ts";
import type { Day } from "../../core/time.ts";
import type { ManifestFile } from "../../outbox/render/manifest.ts";
import { runProblems } from "../problems.ts";
import type { PulledDocument, Tell } from "../records.ts";
import { claimBatch } from "./claim.ts";
import { recordHolds } from "./note-holds.ts";
import { syncNothingToSend } from "./nothing-to-send.ts";
import { type GroupedProject, planGroups } from "./plan-groups.ts";
import { publish } from "./publish.ts";
import type { ProjectGroup, Survey } from "./survey.ts";

/** What is told of an export as it goes. */
export interface Told {
  readonly batches: {
    readonly batch_id: string;
    readonly recovered: boolean;
    readonly files: readonly ManifestFile[];
  }[];
  readonly nothing_to_send: string[];
  readonly notices: string[];
}

/** What was planned of a project, last. */
interface Waits {
  readonly holds: readonly Hold[];
  readonly waiting: ReadonlyMap<string, string>;
}

/**
 * Plans, claims and publishes all that there is to send, some projects at a time, and writes down what is held. After
 * something went wrong it sends no more, and plans the rest all the same, so that what is held is known of all; asked
 * to stop, it leaves the rest alone.
 */
export async function sendAll(
  context: CompanyContext,
  survey: Survey,
  transactionDate: Day,
  told: Told,
  tell: Tell,
): Promise<{ readonly holds: readonly Hold[]; readonly error: Problem | null }> {
  const { company, signal } = context;
  const mappingSha256 = survey.shared.mapping?.sha256 ?? null;
  /** Documents that this run has dealt with, and those that changed meanwhile, by `documentKey`. */
  const [done, changed] = [new Set<string>(), new Set<string>()];
  const waits = new Map<string, Waits>();
  const pulled: PulledDocument[] = [];
  const lacking = new Set<string>();
  let error: Problem | null = null;

  const noteChanged = (documents: readonly StagedDocument[]) => {
    for (const one of documents) {
      changed.add(documentKey(one));
      told.notices.push(
        `${one.document} ${one.documentId} changed while it was being exported; the next run looks at it again.`,
      );
    }
  };
  const sync = async (planned: GroupedProject): Promise<void> => {
    const { projectId } = planned.project;
    const documents = planned.group.input.documents.filter((document) => document.projectId === projectId);
    const synced = await syncNothingToSend(context, planned, documents);
    if (synced.length === 0) noteChanged(planned.documents);
    told.nothing_to_send.push(...synced);
    for (const document of planned.documents) done.add(documentKey(document));
  };
  /** Plans a project again without what changed and what is done, and syncs what has nothing to send any more. */
  const planAgain = async ({ project, group }: GroupedProject): Promise<readonly GroupedProject[]> => {
    const { projectId } = project;
    const { toSend, nothingToSend, holds, waiting } = planProjects({
      ...group.input,
      documents: group.input.documents.filter((document) => document.projectId === projectId),
      leftOut: new Set([...changed, ...done]),
    });
    waits.set(projectId, { holds, waiting });
    for (const one of nothingToSend) await sync({ ...one, group });
    return toSend.map((one) => ({ ...one, group }));
  };
  const send = async (batch: readonly GroupedProject[], mapping: string): Promise<void> => {
    let projects = batch;
    while (projects.length > 0) {
      const claimed = await claimBatch(context, {
        batch: { projects },
        transactionDate,
        mappingSha256: mapping,
        entries: new Map(projects.map(({ job, group }) => [job, group.entries.get(job) ?? []])),
        budgets: survey.budgets,
      });
      if ("batchId" in claimed) {
        for (const document of projects.flatMap((project) => project.documents))
          done.add(documentKey(document));
        const published = await publish(context, claimed.batchId);
        if (!published.ok) error = published.problem;
        else told.batches.push({ batch_id: claimed.batchId, recovered: false, files: published.value.files });
        return;
      }
      // Staging moved on: these documents wait for the next run, and their projects are planned again.
      const moved = new Set(claimed.changed);
      const isMoved = (document: StagedDocument) => moved.has(documentKey(document));
      noteChanged(projects.flatMap((project) => project.documents.filter(isMoved)));
      const next: GroupedProject[] = [];
      for (const project of projects)
        next.push(...(project.documents.some(isMoved) ? await planAgain(project) : [project]));
      projects = next;
    }
  };

  for await (const step of planGroups(survey, company)) {
    if (signal.aborted) {
      error ??= runProblems.run_stopped(company.id);
      break;
    }
    if (step.step === "planned") {
      pulled.push(...pulledOf(step.group));
      for (const [projectId, own] of byProject(step)) waits.set(projectId, own);
      for (const loss of step.group.lacking) lacking.add(loss);
    } else if (error) continue;
    else if (step.step === "nothing_to_send") await sync(step.project);
    else if (mappingSha256 !== null) await send(step.projects, mappingSha256);
  }
  told.notices.push(...lacking);
  const holds = [...waits.values()].flatMap((one) => one.holds);
  const waiting = new Map([...waits.values()].flatMap((one) => [...one.waiting]));
  tell({ pulled, held: new Set(holds.map(documentKey)), waiting: new Set(waiting.keys()) });
  const isPlanned = ({ projectId }: { readonly projectId: string }) => waits.has(projectId);
  await recordHolds(
    context,
    holds,
    waiting,
    survey.accepted.filter((document) => isPlanned(document) && !done.has(documentKey(document))),
    signal.aborted ? isPlanned : () => true,
  );
  return { holds, error };
}

/** The accepted documents of a group, with what of them was sent before. */
const pulledOf = ({ input }: ProjectGroup): PulledDocument[] => {
  const numbers = new Map(input.projects.map(({ projectId, projectNumber }) => [projectId, projectNumber]));
  return input.documents
    .filter(({ status }) => status === "accepted")
    .map((document) => {
      const { sentOriginals } =
        (document.document === "budget" && input.ledgers.get(document.projectId)) || NOTHING_SENT;
      return {
        document: document.document,
        documentId: document.documentId,
        number: document.number,
        projectNumber: numbers.get(document.projectId) ?? "",
        cents: amountOf(document),
        sentBefore: sumCents(sentOriginals.map(({ cents }) => cents)),
      };
    });
};

/** What is held and what waits of each project of a group. */
function byProject({
  group,
  holds,
  waiting,
}: {
  readonly group: ProjectGroup;
  readonly holds: readonly Hold[];
  readonly waiting: ReadonlyMap<string, string>;
}): Map<string, Waits> {
  const { documents } = group.input;
  const own = new Map(
    documents.map(({ projectId }) => [
      projectId,
      { holds: [] as Hold[], waiting: new Map<string, string>() },
    ]),
  );
  for (const hold of holds) own.get(hold.projectId)?.holds.push(hold);
  for (const document of documents) {
    const reason = waiting.get(documentKey(document));
    if (reason !== undefined) own.get(document.projectId)?.waiting.set(documentKey(document), reason);
  }
  return own;
}
