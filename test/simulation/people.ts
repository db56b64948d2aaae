import type { DocumentType } from "../../src/core/staged.ts";
import { baselineOf } from "../../src/run/decide/baseline.ts";
import { releaseDocument } from "../../src/run/decide/release.ts";
import { planAll } from "../../src/run/look/plan.ts";
import type { RunContext } from "../../src/run/records.ts";
import { DOCUMENT_TABLES } from "../../src/staging/columns.ts";
import type { Chances } from "../support/random.ts";
import type { World } from "../support/world.ts";
import type { Books } from "./books.ts";
import { readDocuments, type SimDocument } from "./staged.ts";

export interface Project {
  readonly number: string;
  readonly company: "ACME" | "BETA";
  readonly projectId: string;
}

/** What project managers and approvers do: all that the project system lets them, and now and then what it does not. */
export function projectManagers(world: World, projects: readonly Project[], chances: Chances, books: Books) {
  const { pick, below, oneIn } = chances;
  let lastId = 0;
  const newId = (letter: string) => `${letter}${++lastId}`;

  const amount = (): string => {
    if (oneIn(60)) return pick(["12.345", "a hundred"]);
    const cents = oneIn(2) ? pick([0, 1, 10_000, -10_000, 25_050]) : below(900_000) - 90_000;
    const digits = String(Math.abs(cents)).padStart(3, "0");
    return `${cents < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  };
  const codes = () => ({
    sub_job_code: oneIn(4) ? "PH1" : null,
    cost_code: oneIn(25) ? "09-250" : pick(["03-100", "01-510", "16-700"]),
    cost_type: pick(["L", "M"]),
  });
  const at = () => world.clock.now().toISOString().slice(0, 19);

  async function setStatus({ kind, id }: SimDocument, status: string): Promise<void> {
    const { header, id: column } = DOCUMENT_TABLES[kind];
    const isAccepted = status === "accepted";
    await world.statement(
      `update staging.${header} set erp_status = ?${isAccepted ? ", accepted_at = ?, accepted_by = ?" : ""} where ${column} = ?`,
      ...(isAccepted ? [status, at(), oneIn(25) ? "" : "Ann Approver"] : [status]),
      id,
    );
  }

  async function addLine(kind: DocumentType, documentId: string): Promise<void> {
    const { lines, id, lineId, amount: column } = DOCUMENT_TABLES[kind];
    await world.stage(lines, {
      ...{ [lineId]: newId("L"), [id]: documentId, [column]: amount() },
      ...{ ...codes(), description: "", erp_synced: 0 },
    });
  }

  async function addBudget({ number, projectId }: Project, status: string): Promise<void> {
    const budget_id = newId(`B-${number}-`);
    await world.stage("budget", {
      ...{
        budget_id,
        project_id: projectId,
        erp_status: status,
        accepted_by: "Ann Approver",
        accepted_at: at(),
      },
      ...{ erp_synced: 0, erp_locked: 0, estimate_import_blocked: 0 },
    });
    for (let n = 2 + below(3); n > 0; n--) await addLine("budget", budget_id);
    books.budgetIsNew(projectId);
  }

  async function addModification({ projectId }: Project): Promise<void> {
    const modification_id = newId("M-");
    await world.stage("budget_modification", {
      ...{ modification_id, project_id: projectId, number: String(lastId), title: "" },
      ...{ erp_status: pick(["not_sent", "sent", "accepted", "accepted", "accepted"]) },
      ...{ accepted_by: "Ann Approver", accepted_at: at(), erp_synced: 0, erp_locked: 0 },
    });
    for (let n = 1 + below(2); n > 0; n--) await addLine("modification", modification_id);
  }

  async function deleteDocument({ kind, id }: SimDocument): Promise<void> {
    const { header, lines, id: column } = DOCUMENT_TABLES[kind];
    await world.statement(`delete from staging.${lines} where ${column} = ?`, id);
    await world.statement(`delete from staging.${header} where ${column} = ?`, id);
  }

  async function edit(document: SimDocument): Promise<void> {
    const { lines, lineId, amount: column } = DOCUMENT_TABLES[document.kind];
    const line = document.lines.length > 0 ? pick(document.lines) : null;
    const what = pick(["amount", "amount", "recode", "add", "remove"]);
    if (!line || what === "add") return addLine(document.kind, document.id);
    if (what === "remove") await world.statement(`delete from staging.${lines} where ${lineId} = ?`, line.id);
    else if (what === "recode")
      await world.statement(
        `update staging.${lines} set cost_code = ? where ${lineId} = ?`,
        codes().cost_code,
        line.id,
      );
    else
      await world.statement(
        `update staging.${lines} set ${column} = ? where ${lineId} = ?`,
        amount(),
        line.id,
      );
  }

  /** A document to do something with: one that is exported only where somebody does not keep to the rules. */
  async function someDocument(): Promise<SimDocument | null> {
    const some = (await readDocuments(world)).filter(({ status }) => status !== "exported" || oneIn(8));
    return some.length > 0 ? pick(some) : null;
  }
  const onSome = (doing: (document: SimDocument) => Promise<void>) => async () => {
    const document = await someDocument();
    if (document) await doing(document);
  };

  return {
    async begin(): Promise<void> {
      for (const project of projects) {
        const { number, company, projectId } = project;
        await world.stage("project", {
          project_id: projectId,
          company,
          project_number: number,
          name: number,
        });
        await addBudget(project, pick(["accepted", "accepted", "accepted", "sent", "not_sent"]));
      }
    },
    "edit and accept": onSome(async (document) => {
      await edit(document);
      await setStatus(document, "accepted");
    }),
    edit: onSome(edit),
    accept: onSome((document) => setStatus(document, "accepted")),
    send: onSome((document) => setStatus(document, "sent")),
    "reject or retrieve": onSome((document) =>
      setStatus(document, pick(["rejected", "retrieved", "not_sent"])),
    ),
    "add a modification": () => addModification(pick(projects)),
    "delete a document": onSome(deleteDocument),
    async "make a budget anew"(): Promise<void> {
      const project = pick(projects);
      const old = (await readDocuments(world)).filter(
        ({ kind, projectId }) => kind === "budget" && projectId === project.projectId,
      );
      if (old.some(({ status }) => status === "exported") && !oneIn(4)) return;
      for (const one of old) await deleteDocument(one);
      await addBudget(project, "accepted");
    },
    /** Somebody looks at what waits for a person, and decides one of them. */
    async decide(context: RunContext): Promise<void> {
      const { companies } = await planAll(context);
      const held = companies
        .flatMap(({ holds }) => holds)
        .filter(({ rule }) => rule === "lines_gone" || rule === "no_baseline");
      if (held.length === 0) return;
      const { rule, document_id, project_number, project_id } = pick(held);
      if (rule === "lines_gone") {
        await releaseDocument(context, document_id, { reason: "it is meant" });
        return;
      }
      const decision = { source: pick(["zero", "sage", "staging"] as const), reason: "it was there before" };
      const decided = await baselineOf(context, project_number, { decision });
      if (decided.ok)
        books.open(
          project_id,
          decided.value.lines.map((line) => ({
            key: ["original", decided.value.job, line.extra, line.cost_code, line.category].join("|"),
            amount: decision.source === "zero" ? "0.00" : line[decision.source],
          })),
        );
    },
  };
}
