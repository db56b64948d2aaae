import type {
  BatchHeader,
  ImportLine,
  LineSource,
  LineStatus,
  TrackedLine,
} from "../../src/core/import-line.ts";
import { joinKey, type SageKey, showKey } from "../../src/core/key.ts";
import type { LineFinding } from "../../src/core/match/match-lines.ts";
import { formatMoney } from "../../src/core/money.ts";
import { fillBatches } from "../../src/core/plan/fill-batches.ts";
import { planProjects } from "../../src/core/plan/plan.ts";
import {
  documentKey,
  NOTHING_SENT,
  type PlanInput,
  type PlannedLine,
  type PlannedProject,
  type PlanRules,
  type ProjectLedger,
  type ProjectsPlan,
  type SentPart,
} from "../../src/core/plan/types.ts";
import type { SageEntry, SageMasters } from "../../src/core/sage.ts";
import type { StagedDocument, StagedLine, StagedProject } from "../../src/core/staged.ts";
import type { ImportLineState } from "../../src/core/states.ts";
import type { TieOutPart } from "../../src/core/tie-out/parts.ts";
import { addPart, noSums, type TieOutSums } from "../../src/core/tie-out/sums.ts";
import { anyFormat, setOf } from "../mapping/support.ts";

/** `[id, sub job, cost code, cost type, amount]`. */
export type LineCells = readonly [string, string, string, string, string | null];

const stagedLine = ([lineId, subJob, costCode, costType, amount]: LineCells): StagedLine => ({
  lineId,
  rawId: lineId,
  subJob,
  costCode,
  costType,
  description: "",
  amount,
  erpSynced: false,
});

export function budgetOf(
  projectNumber: string,
  lines: readonly LineCells[],
  changed: Partial<StagedDocument> = {},
): StagedDocument {
  const documentId = changed.documentId ?? `B-${projectNumber}`;
  return {
    document: "budget",
    documentId,
    rawId: documentId,
    spellings: [documentId],
    projectId: `P-${projectNumber}`,
    status: "accepted",
    flags: { erpStatus: "accepted", erpSynced: false, erpLocked: false, estimateImportBlocked: false },
    acceptedBy: "Ann Approver",
    acceptedAt: "2026-03-02 14:00:00",
    number: "",
    title: "",
    lines: lines.map(stagedLine),
    ...changed,
  };
}

export const modificationOf = (
  projectNumber: string,
  number: string,
  lines: readonly LineCells[],
  changed: Partial<StagedDocument> = {},
): StagedDocument =>
  budgetOf(projectNumber, lines, {
    document: "modification",
    documentId: `M-${projectNumber}-${number}`,
    number,
    title: `Modification ${number}`,
    ...changed,
  });

export const projectOf = (projectNumber: string, changed: Partial<StagedProject> = {}): StagedProject => ({
  projectId: `P-${projectNumber}`,
  company: "ACME",
  projectNumber,
  name: `Project ${projectNumber}`,
  ...changed,
});

const open = { description: "", closed: false };
const closed = { description: "", closed: true };
const carries = (isClosed: boolean) => ({ closed: isClosed, totals: { original: 0n, approved_change: 0n } });

/** A Sage with one of everything that may be wrong. */
export const masters: SageMasters = {
  jobs: new Map([
    ["25-1001", { job: "25-1001", description: "Riverside Clinic", closed: false }],
    ["25-1002", { job: "25-1002", description: "Warehouse Shell", closed: false }],
    ["25-1003", { job: "25-1003", description: "Elementary School", closed: true }],
    ["25-10AB", { job: "25-10AB", description: "Capital letters", closed: false }],
  ]),
  extras: new Map([
    [joinKey("25-1001", "CO-001"), { description: "Phase one in Sage", closed: false }],
    [joinKey("25-1001", "CO-008"), closed],
    [joinKey("25-1001", "CX-005"), open],
  ]),
  costCodes: new Map([
    [joinKey("25-1001", "", "02-200"), { description: "Earthwork here", closed: true, group: false }],
    [joinKey("25-1001", "", "77-700"), { description: "Only on the job", closed: false, group: false }],
    [joinKey("25-1001", "", "03-100"), { description: "Concrete here", closed: false, group: false }],
  ]),
  categories: new Map([
    [joinKey("25-1001", "", "03-100", "MAT"), carries(false)],
    [joinKey("25-1001", "", "03-100", "EQP"), carries(true)],
  ]),
  standardCostCodes: new Map([
    ["01-510", { description: "Temporary Utilities", group: false }],
    ["02-200", { description: "Earthwork", group: false }],
    ["03-000", { description: "Concrete", group: true }],
    ["03-100", { description: "Cast-in-place concrete", group: false }],
    ["05-A00", { description: "Metals", group: false }],
  ]),
  standardCategories: new Set(["LAB", "MAT", "SUB", "EQP", "OTH"]),
  lacking: [],
};

/** Staging code to Sage code; what stands for a fault is named after it. */
export const mappingFiles = {
  "jobs.csv": [
    "project_number,job,shared",
    "25-1001,25-1001,",
    "25-1002,25-1002,",
    "25-1003,25-1003,",
    "25-1004,25-1004,",
    "25-1005,25-10ab,",
    "",
  ].join("\n"),
  "extras.csv":
    "project_number,sub_job,extra,description\n,PH1,CO-001,Phase one\n,NEW,CO-002,From the file\n,PLAIN,CO-003,\n,CLOSED,CO-008,\n,CASE,cx-005,\n",
  "cost-codes.csv":
    "project_number,cost_code,sage_cost_code\n,01-510,01-510\n,03-100,03-100\n,77-700,77-700\n,CLOSED,02-200\n,GROUP,03-000\n,ABSENT,88-800\n,CASE,05-a00\n",
  "categories.csv":
    "project_number,cost_type,category\n,L,LAB\n,M,MAT\n,C,SUB\n,E,EQP\n,ODD,ZZZ\n,CASE,oth\n",
};
export const mapping = mappingOf({});

export function mappingOf(changed: Partial<typeof mappingFiles>) {
  return setOf({ ...mappingFiles, ...changed }, anyFormat);
}

export const rules: PlanRules = {
  unmapped: { cost_codes: "hold", categories: "hold", jobs: "hold", extras: "hold" },
  formats: { job: null, cost_code: null, extra: null },
  create_cost_codes: false,
  create_extras: true,
  require_accepted_by: true,
  removal_limit: 25,
  batch_by: "project",
  max_lines_per_batch: 5_000,
  jce: { max_amount: 9_999_999_999n, encoding: "windows-1252", zero_lines: "omit" },
};
export const SAME_CODE = {
  cost_codes: "same_code",
  categories: "same_code",
  jobs: "same_code",
  extras: "same_code",
} as const;

/** What is planned, in batches. */
export interface Plan extends ProjectsPlan {
  readonly batches: readonly { readonly projects: readonly PlannedProject[] }[];
}

/** Plans documents; their projects are those named by number unless given. */
export function planOf(documents: readonly StagedDocument[], changed: Partial<PlanInput> = {}): Plan {
  const numbers = new Set(documents.map((document) => document.projectId.slice(2)));
  const ledgers = changed.ledgers ?? new Map<string, ProjectLedger>();
  const input: PlanInput = {
    company: "ACME",
    rules,
    projects: [...numbers].map((number) => projectOf(number)),
    subJobs: [],
    documents,
    repeatedIds: { projects: new Set(), documents: new Set(), lines: new Set() },
    mapping,
    mappingProblem: "",
    masters,
    estimatedJobs: new Set(),
    ledgers,
    leftOut: new Set(),
    sentJobs: new Set([...ledgers.values()].flatMap(({ jobs }) => [...jobs])),
    ...changed,
  };
  const plan = planProjects(input);
  const filler = fillBatches<PlannedProject>(input.rules);
  const batches = [...plan.toSend.map((one) => filler.add(one) ?? []), filler.rest() ?? []];
  return { ...plan, batches: batches.filter((some) => some.length > 0).map((projects) => ({ projects })) };
}

/** What the journal would know after a budget was sent and tied out as the cells say; keys are already Sage's. */
export function ledgerOf(
  sent: readonly (readonly [
    lineId: string | null,
    extra: string,
    costCode: string,
    category: string,
    cents: bigint,
  ])[],
  changed: Partial<ProjectLedger> = {},
  job = "25-1001",
): ReadonlyMap<string, ProjectLedger> {
  const sentOriginals = sent.map(
    ([stagingLineId, extra, costCode, category, cents]): SentPart => ({
      kind: "original",
      stagingLineId,
      key: { job, extra, costCode, category },
      cents,
    }),
  );
  const ledger = { ...NOTHING_SENT, sentOriginals, jobs: new Set([job]), budgetSent: true, ...changed };
  return new Map([[`P-${job}`, ledger]]);
}

/** Holds as `document[/line] field=value rule`. */
export const holdsOf = (plan: Plan): string[] =>
  plan.holds.map(
    (hold) =>
      `${hold.documentId}${hold.stagingLineId === null ? "" : `/${hold.stagingLineId}`} ${hold.field}=${hold.value} ${hold.rule}`,
  );

const lineText = ({ kind, key, cents, inFile }: PlannedLine): string =>
  `${kind === "original" ? "orig" : "chg "} ${showKey(key)} ${formatMoney(cents)}${inFile ? "" : " (not in file)"}`;
export const linesOf = (planned: PlannedProject | undefined): string[] => planned?.lines.map(lineText) ?? [];

/** The lines of the one project in the one batch that is expected. */
export function sentLines(plan: Plan): string[] {
  if (plan.batches.flatMap((batch) => batch.projects).length > 1)
    throw new Error("more than one project is sent");
  return linesOf(plan.batches[0]?.projects[0]);
}

/** Ids of the documents in each batch. */
export const sentDocuments = (plan: Plan): string[][] =>
  plan.batches.map((batch) => batch.projects.flatMap((p) => p.documents.map((d) => d.documentId)));
export const syncedDocuments = (plan: Plan): string[] =>
  plan.nothingToSend.flatMap((p) => p.documents.map((d) => d.documentId));
export const waitingDocuments = (plan: Plan, documents: readonly StagedDocument[]): string[] =>
  documents.filter((d) => plan.waiting.has(documentKey(d))).map((d) => d.documentId);

/** A key of job 25-1001 without extra, under MAT unless told. */
export const keyOf = (costCode: string, changed: Partial<SageKey> = {}): SageKey => ({
  job: "25-1001",
  extra: "",
  costCode,
  category: "MAT",
  ...changed,
});

/** Batch n of ACME (n below 10), claimed and written on March n. */
export const batchOf = (number: number, changed: Partial<BatchHeader> = {}): BatchHeader => ({
  batchId: `ACME-00000${number}`,
  company: "ACME",
  number,
  state: "written",
  createdAt: `2026-03-0${number}T15:00:00Z`,
  claimDay: `2026-03-0${number}`,
  transactionDate: `2026-03-0${number}`,
  mappingSha256: "",
  auditHead: "",
  manifestSha256: null,
  writtenAt: `2026-03-0${number}T15:00:05Z`,
  ...changed,
});

/** A part of an import line that a line of budget B-25-1001 brought. */
export const sourceOf = (
  stagingLineId: string | null,
  cents: bigint,
  changed: Partial<LineSource> = {},
): LineSource => ({
  document: "budget",
  documentId: "B-25-1001",
  number: "",
  stagingLineId,
  cents,
  cause: "new",
  acceptedBy: "Ann Approver",
  acceptedAt: "2026-03-02 14:00:00",
  mappingRows: [],
  ...changed,
});

export interface TrackedChanges extends Partial<ImportLine> {
  readonly batch?: BatchHeader;
  /** What was known of the line before; that it waits, unless told. */
  readonly known?: Partial<LineStatus>;
  readonly knownEntries?: string;
}

/** An import line of batch 1, an original of 25-1001 that staging line Ln brought, of which nothing was seen yet. */
export function trackedOf(
  lineNo: number,
  key: SageKey,
  cents: bigint,
  { batch = batchOf(1), known = {}, knownEntries = "", ...line }: TrackedChanges = {},
): TrackedLine {
  return {
    batch,
    line: {
      lineNo,
      kind: "original",
      projectId: "P-25-1001",
      projectNumber: "25-1001",
      projectName: "Riverside Clinic",
      key,
      jobDescription: "",
      extraDescription: "",
      extraIsNew: false,
      costCodeDescription: "",
      costCodeIsNew: false,
      cents,
      inFile: true,
      sources: [sourceOf(`L${lineNo}`, cents)],
      ...line,
    },
    status: {
      state: "awaiting_posting",
      stateSince: "2026-03-01T15:00:00Z",
      postedCents: 0n,
      ambiguous: false,
      tiedOutAt: null,
      ...known,
    },
    entries: knownEntries,
  };
}

/** What was found of a line: what Sage carries is its amount where it is posted, and nothing otherwise, unless told. */
export const findingOf = (
  tracked: TrackedLine,
  state: ImportLineState,
  changed: Partial<LineFinding> = {},
): LineFinding => ({
  tracked,
  state,
  postedCents: state === "posted" ? tracked.line.cents : 0n,
  ambiguous: false,
  entries: [],
  isAsLastSeen: false,
  ...changed,
});

/** An entry by its name, `run/sequence`: an original unless told. */
export function entryOf(
  name: string,
  key: SageKey,
  cents: bigint,
  changed: Partial<SageEntry> = {},
): SageEntry {
  const [run = "", sequence = ""] = name.split("/");
  return {
    ...key,
    ...{ kind: "original", cents, run: BigInt(run), sequence: BigInt(sequence), stampDay: null },
    ...changed,
  };
}

/** What parts of a tie-out come to. */
export function sumParts(parts: Iterable<TieOutPart>): TieOutSums {
  const sums = noSums();
  for (const part of parts) addPart(sums, part);
  return sums;
}
