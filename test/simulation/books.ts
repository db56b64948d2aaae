import { expect } from "vitest";
import { type Amounts, amounts, centsOf } from "../support/accounts.ts";
import type { Project } from "./people.ts";
import type { SimDocument } from "./staged.ts";

export type Books = ReturnType<typeof openBooks>;
const CATEGORIES: Readonly<Record<string, string>> = { L: "LAB", M: "MAT" };

const minus = (a: Amounts, b: Amounts): Amounts =>
  amounts([...a, ...[...b].map(([key, cents]) => [key, -cents] as const)]);
const plus = (a: Amounts, b: Amounts): Amounts => amounts([...a, ...b]);
const NOTHING: Amounts = new Map();

/** What a document says, whatever ids its lines have. */
const saysOf = ({ lines }: SimDocument): string =>
  JSON.stringify(
    lines
      .map((line) => [line.subJob, line.costCode, line.costType, centsOf(line.amount).toString()].join("|"))
      .sort(),
  );

/**
 * What the import files must come to, by rules of its own: per project and key of originals what was accepted at
 * the last claim less the opening position; of modifications the sum of those claimed, each once.
 */
export function openBooks(projects: readonly Project[]) {
  const projectOf = new Map(projects.map((project) => [project.projectId, project]));
  const originals = new Map<string, Amounts>();
  const changes = new Map<string, Amounts>();
  const openings = new Map<string, Amounts>();
  /** Modifications that had their turn. */
  const sent = new Set<string>();
  const saidAtClaim = new Map<string, string>();
  const keysAtClaim = new Map<string, readonly string[]>();
  /** By company, what is claimed and not in the outbox yet. */
  const unwritten = new Map<string, Amounts>();
  const inTheBooks = new Set<string>();
  /** Budgets that were made after the last claim of their project: nobody has locked them. */
  const unlocked = new Set<string>();
  const mapping = { communications: "16-700" };

  const wanted = ({ kind, projectId, lines }: SimDocument): Amounts =>
    amounts(
      lines.map(({ subJob, costCode, costType, amount }) => [
        [
          kind === "budget" ? "original" : "approved_change",
          projectOf.get(projectId)?.number,
          subJob === null ? "" : "CO-001",
          costCode === "16-700" ? mapping.communications : costCode,
          CATEGORIES[costType],
        ].join("|"),
        centsOf(amount),
      ]),
    );

  /** Puts a project's documents that left `accepted` into the books; gives what that added, by key. */
  function take(projectId: string, documents: readonly SimDocument[]): Amounts {
    let added = NOTHING;
    for (const document of documents) {
      if (document.kind === "budget") {
        const before = originals.get(projectId) ?? NOTHING;
        const now = minus(wanted(document), openings.get(projectId) ?? NOTHING);
        originals.set(projectId, now);
        added = plus(added, minus(now, before));
      } else if (!sent.has(document.id)) {
        changes.set(projectId, plus(changes.get(projectId) ?? NOTHING, wanted(document)));
        added = plus(added, wanted(document));
        sent.add(document.id);
      }
      saidAtClaim.set(document.id, saysOf(document));
      keysAtClaim.set(document.id, [...wanted(document).keys()]);
    }
    return added;
  }

  return {
    mapping,
    isInTheBooks: (projectId: string) => inTheBooks.has(projectId),
    isUnlocked: (projectId: string) => unlocked.has(projectId),
    isAsClaimed: (document: SimDocument) => saidAtClaim.get(document.id) === saysOf(document),
    /** Kind and key of whatever the document had an amount on. */
    keysAtClaim: ({ id }: SimDocument) => keysAtClaim.get(id) ?? [],
    budgetIsNew: (projectId: string) => unlocked.add(projectId),

    /** An opening position: it counts as sent. */
    open(projectId: string, lines: readonly { readonly key: string; readonly amount: string }[]): void {
      openings.set(projectId, amounts(lines.map(({ key, amount }) => [key, centsOf(amount)])));
      inTheBooks.add(projectId);
    },

    /** An export: documents by what they were before, and the company in which it stopped before it wrote. */
    exported(claimed: readonly SimDocument[], freed: readonly SimDocument[], killed: string | null): void {
      const byNumber = (some: readonly SimDocument[]) =>
        projects.flatMap((project) => {
          const own = some.filter(({ projectId }) => projectId === project.projectId);
          return own.length > 0 ? [{ project, own }] : [];
        });
      for (const { project, own } of byNumber(freed))
        expect(take(project.projectId, own), `${project.number} had nothing to send`).toEqual(NOTHING);
      for (const company of ["ACME", "BETA"]) if (company !== killed) unwritten.delete(company);
      for (const { project, own } of byNumber(claimed)) {
        const added = take(project.projectId, own);
        // Batches go in the order of project numbers: only the last one claimed can be unwritten.
        if (project.company === killed) unwritten.set(project.company, added);
        inTheBooks.add(project.projectId);
        unlocked.delete(project.projectId);
      }
    },
    /** A run that begins with what an earlier one left unwritten. */
    written(): void {
      unwritten.clear();
    },

    all: (): Amounts => amounts([...originals.values(), ...changes.values()].flatMap((one) => [...one])),
    inFiles(): Amounts {
      return minus(this.all(), amounts([...unwritten.values()].flatMap((one) => [...one])));
    },
  };
}
