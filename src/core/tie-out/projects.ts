import { groupBy } from "../group-by.ts";
import type { EstimateKind } from "../key.ts";
import { type Cents, sumCents } from "../money.ts";
import { amountOf } from "../plan/content.ts";
import type { ErpStatus, StagedProject } from "../staged.ts";
import { isOpen } from "./differences.ts";
import type { UnitInput } from "./input.ts";
import type { Sides, TieOutProject } from "./schema.ts";

/** Every project with a document, a baseline or something sent, by its number, its two kinds of estimates side by side. */
export function projectsOf(input: UnitInput): TieOutProject[] {
  const documents = groupBy(input.documents, ({ projectId }) => projectId);
  const lines = groupBy(input.lines, ({ tracked }) => tracked.line.projectId);
  const accepted = groupBy(input.accepted, ({ projectId }) => projectId);
  // An entry that no line explains is told of under one project, also where several share its job.
  const projectOfJob = new Map([
    ...input.baselines.toReversed().map(({ job, projectId }) => [job, projectId] as const),
    ...input.accepted.toReversed().map(({ key, projectId }) => [key.job, projectId] as const),
  ]);
  const baselines = groupBy(input.baselines, ({ projectId }) => projectId);
  const unexpected = groupBy(input.unexpected, ({ job }) => projectOfJob.get(job) ?? "");
  return [...input.projects, ...projectsGone(input)]
    .filter(({ projectId }) => [documents, accepted, baselines].some((of) => of.has(projectId)))
    .sort((a, b) => (a.projectNumber < b.projectNumber ? -1 : a.projectNumber > b.projectNumber ? 1 : 0))
    .map(({ projectId, projectNumber, name }) => {
      const own = {
        lines: lines.get(projectId) ?? [],
        accepted: accepted.get(projectId) ?? [],
        unexpected: unexpected.get(projectId) ?? [],
      };
      const open = own.lines.filter(({ state }) => isOpen(state)).length;
      const originals = sidesOf("original", own);
      const changes = sidesOf("approved_change", own);
      const isEven = [originals, changes].every(
        ({ baseline, accepted: all, exported, posted, unexpected: more }) =>
          all - baseline === exported && exported === posted && more === 0n,
      );
      return {
        project_id: projectId,
        project_number: projectNumber,
        name,
        job: [
          ...new Set([
            ...own.accepted.map(({ key }) => key.job),
            ...(baselines.get(projectId) ?? []).map(({ job }) => job),
          ]),
        ]
          .sort()
          .join(", "),
        originals: withDifference(originals),
        approved_changes: withDifference(changes),
        open_lines: open,
        differing_lines: own.lines.filter(({ state }) => state !== "posted").length - open,
        ties_out: isEven && own.lines.every(({ state }) => state === "posted"),
        documents: (documents.get(projectId) ?? []).map((document) => ({
          document: document.document,
          document_id: document.documentId,
          number: document.number,
          title: document.title,
          erp_status: document.status ?? document.flags.erpStatus.trim(),
          accepted_by: document.acceptedBy,
          accepted_at: document.acceptedAt,
          amount: HAS_LINES.has(document.status) ? amountOf(document) : null,
        })),
      };
    });
}

/** Projects whose row is not in staging any more: what was sent of them stands in the books all the same. */
function projectsGone({
  projects,
  lines,
  baselines,
}: UnitInput): Pick<StagedProject, "projectId" | "projectNumber" | "name">[] {
  const staged = new Set(projects.map(({ projectId }) => projectId));
  const sent = [...lines.map(({ tracked }) => tracked.line), ...baselines];
  const numbers = new Map(sent.map(({ projectId, projectNumber }) => [projectId, projectNumber]));
  return [...numbers]
    .filter(([projectId]) => !staged.has(projectId))
    .map(([projectId, projectNumber]) => ({ projectId, projectNumber, name: "" }));
}

/** Statuses of documents whose lines are read. */
const HAS_LINES: ReadonlySet<ErpStatus | null> = new Set(["accepted", "exported"]);

function sidesOf(
  kind: EstimateKind,
  own: Pick<UnitInput, "lines" | "accepted" | "unexpected">,
): Record<keyof Omit<Sides, "difference">, Cents> {
  const accepted = own.accepted.filter((one) => one.kind === kind);
  const lines = own.lines.filter(({ tracked }) => tracked.line.kind === kind);
  const baseline = sumCents(accepted.map((one) => one.baseline));
  return {
    baseline,
    accepted: baseline + sumCents(accepted.map(({ claimed }) => claimed)),
    exported: sumCents(lines.map(({ tracked }) => tracked.line.cents)),
    posted: sumCents(lines.map(({ postedCents }) => postedCents)),
    unexpected: sumCents(own.unexpected.filter((entry) => entry.kind === kind).map(({ cents }) => cents)),
  };
}

const withDifference = (sides: ReturnType<typeof sidesOf>): Sides => ({
  ...sides,
  difference: sides.posted + sides.unexpected - sides.exported,
});
