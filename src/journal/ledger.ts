import { joinKey } from "../core/key.ts";
import { documentKey, type ProjectLedger, releaseKey, type SentPart } from "../core/plan/types.ts";
import type { DocumentType } from "../core/staged.ts";
import type { Db, Queries } from "../db/db.ts";
import { cents, text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";

interface Draft {
  sentOriginals: SentPart[];
  jobs: Set<string>;
  otherCompanies: Set<string>;
  sentContents: Map<string, string>;
  openBatches: Map<string, string>;
  releases: Set<string>;
  budgetSent: boolean;
}

/** What the journal knows of each of a company's projects: sums over its movements. */
export const readLedgers = (db: Db, names: Names, company: string): Promise<Map<string, ProjectLedger>> =>
  db.reading(() => ledgersOf(db, names, company));

async function ledgersOf(db: Db, names: Names, company: string): Promise<Map<string, ProjectLedger>> {
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
  const { sql } = db;

  // Whatever left `accepted`, less what came back to it.
  const sent = sql.build.raw(
    "sum(case when from_account = 'accepted' then cents when to_account = 'accepted' then -cents else 0 end) as sent",
  );
  const part = ["project_id", "kind", "staging_line_id", "job", "extra", "cost_code", "category"];
  const movements = sql
    .build(names.journal("movement"))
    .where({ company })
    .where((either) => either.where("from_account", "accepted").orWhere("to_account", "accepted"))
    .groupBy(part)
    .select(part)
    .select(sent);
  for await (const row of db.rows(movements)) {
    const ledger = ledgerOf(text(row, "project_id"));
    ledger.jobs.add(text(row, "job"));
    if (text(row, "kind") !== "original") continue;
    ledger.budgetSent = true;
    ledger.sentOriginals.push({
      kind: "original",
      stagingLineId: textOrNull(row, "staging_line_id"),
      key: {
        job: text(row, "job"),
        extra: text(row, "extra"),
        costCode: text(row, "cost_code"),
        category: text(row, "category"),
      },
      cents: cents(row, "sent"),
    });
  }

  const baselines = sql.build(names.journal("baseline")).where({ company }).select("project_id", "job");
  for await (const row of db.rows(baselines)) {
    const ledger = ledgerOf(text(row, "project_id"));
    ledger.budgetSent = true;
    ledger.jobs.add(text(row, "job"));
  }

  const releases = sql
    .build(names.journal("release"))
    .where({ company })
    .select("project_id", "document", "document_id", "accepted_at", "content");
  for await (const row of db.rows(releases)) {
    const documentId = text(row, "document_id");
    const document = text(row, "document") as DocumentType;
    const released = { document, documentId, acceptedAt: text(row, "accepted_at") };
    ledgerOf(text(row, "project_id")).releases.add(releaseKey(released, text(row, "content")));
  }

  const elsewhere = sql
    .build(names.journal("movement"))
    .whereNot({ company })
    .distinct("project_id", "company");
  for await (const row of db.rows(elsewhere))
    ledgerOf(text(row, "project_id")).otherCompanies.add(text(row, "company"));

  const documents = sql
    .build(names.journal("sent_document"))
    .where({ company })
    .orderBy("sent_at")
    .select("project_id", "document", "document_id", "content");
  for await (const row of db.rows(documents))
    ledgerOf(text(row, "project_id")).sentContents.set(keyOf(row), text(row, "content"));

  for (const open of await readOpenDocuments(db, names, company))
    ledgerOf(open.projectId).openBatches.set(open.key, open.batchId);
  return ledgers;
}

/** Documents with import lines that are neither tied out nor closed by a person, each with the batch. */
async function readOpenDocuments(
  queries: Queries,
  names: Names,
  company: string,
): Promise<{ projectId: string; key: string; batchId: string }[]> {
  const { sql } = queries;
  const rows = await queries.query(
    sql
      .build(`${names.journal("movement")} as v`)
      .join(`${names.journal("import_line")} as l`, (on) =>
        on.on("l.batch_id", "v.batch_id").andOn("l.line_no", "v.line_no"),
      )
      .where("v.company", company)
      .where("v.to_account", "claimed")
      .whereNull("l.tied_out_at")
      .whereNot("l.state", "accepted_difference")
      .distinct("v.project_id", "v.document", "v.document_id", "v.batch_id"),
  );
  return rows.map((row) => ({
    projectId: text(row, "project_id"),
    key: keyOf(row),
    batchId: text(row, "batch_id"),
  }));
}

const keyOf = (row: Parameters<typeof text>[0]): string =>
  documentKey({ document: text(row, "document") as DocumentType, documentId: text(row, "document_id") });

/** For each entry of Sage the first batch at whose claim the copy already showed it, by job, run and sequence. */
export const readKnownEntries = (
  db: Db,
  names: Names,
  company: string,
): Promise<ReadonlyMap<string, number>> => db.reading(() => knownEntriesOf(db, names, company));

async function knownEntriesOf(db: Db, names: Names, company: string): Promise<ReadonlyMap<string, number>> {
  const known = new Map<string, number>();
  const statement = db.sql
    .build(names.journal("known_entry"))
    .where({ company })
    .select("job", "run", "sequence", "known_at_batch");
  for await (const row of db.rows(statement))
    known.set(
      joinKey(text(row, "job"), cents(row, "run").toString(), cents(row, "sequence").toString()),
      Number(cents(row, "known_at_batch")),
    );
  return known;
}
