import { type ProjectLedger, releaseKey, type SentPart } from "../core/plan/types.ts";
import type { Db } from "../db/db.ts";
import type { Names } from "../names.ts";
import type { AmongProjects } from "./among.ts";
import { readBaselines } from "./baselines.ts";
import { readOpenDocuments, readSentElsewhere, readSentParts } from "./movements.ts";
import { readReleases } from "./releases.ts";
import { readSentContents } from "./sent-documents.ts";

interface Draft {
  sentOriginals: SentPart[];
  jobs: Set<string>;
  otherCompanies: Set<string>;
  sentContents: Map<string, string>;
  openBatches: Map<string, string>;
  releases: Set<string>;
  budgetSent: boolean;
}

/** What the journal knows of each of a company's projects, or of some of them: sums over its movements. */
export const readLedgers = (
  db: Db,
  names: Names,
  company: string,
  among?: AmongProjects,
): Promise<Map<string, ProjectLedger>> => db.reading(() => ledgersOf(db, names, company, among));

async function ledgersOf(
  db: Db,
  names: Names,
  company: string,
  among: AmongProjects | undefined,
): Promise<Map<string, ProjectLedger>> {
  const ledgers = new Map<string, Draft>();
  const ledgerOf = (projectId: string): Draft => {
    let ledger = ledgers.get(projectId);
    if (!ledger) {
      ledger = {
        sentOriginals: [],
        jobs: new Set(),
        otherCompanies: new Set(),
        sentContents: new Map(),
        openBatches: new Map(),
        releases: new Set(),
        budgetSent: false,
      };
      ledgers.set(projectId, ledger);
    }
    return ledger;
  };
  for await (const { projectId, ...part } of readSentParts(db, names, company, among)) {
    const ledger = ledgerOf(projectId);
    ledger.jobs.add(part.key.job);
    if (part.kind !== "original") continue;
    ledger.budgetSent = true;
    ledger.sentOriginals.push(part);
  }
  for (const { projectId, job } of await readBaselines(db, names, company, among)) {
    const ledger = ledgerOf(projectId);
    ledger.budgetSent = true;
    ledger.jobs.add(job);
  }
  for (const release of await readReleases(db, names, company, among))
    ledgerOf(release.projectId).releases.add(releaseKey(release, release.content));
  for (const elsewhere of await readSentElsewhere(db, names, company, among))
    ledgerOf(elsewhere.projectId).otherCompanies.add(elsewhere.company);
  for await (const sent of readSentContents(db, names, company, among))
    ledgerOf(sent.projectId).sentContents.set(sent.document, sent.content);
  for (const open of await readOpenDocuments(db, names, company, among))
    ledgerOf(open.projectId).openBatches.set(open.document, open.batchId);
  return ledgers;
}
