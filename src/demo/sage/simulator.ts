import type { EstimateKind, SageKey } from "../../core/key.ts";
import type { Cents } from "../../core/money.ts";
import { type Clock, type Day, dayIn } from "../../core/time.ts";
import type { Db, Queries } from "../../db/db.ts";
import { paddedLayout, plainLayout } from "./copy.ts";
import {
  addNewEntries,
  moveEntryToHistory,
  type NewEntry,
  type PostedEntry,
  postEntries,
  readNewEntries,
  readPostedEntries,
} from "./entries.ts";
import { type ImportReport, type ImportRequest, importEstimates } from "./import.ts";
import { createCostCode, ensureCategory, type Masters, openMasters, type Status } from "./masters.ts";

export type { ImportReport, ImportRequest, NewEntry, PostedEntry, Status };

export interface PostRequest {
  readonly which: "all" | ((entry: NewEntry) => boolean);
  /** What the accountant makes of an amount before posting, in cents. */
  readonly change?: (entry: NewEntry) => Cents;
  /** Default: one more than any run before. */
  readonly run?: bigint;
}

/** An entry typed in by hand: a correction, a reversal, a job's estimate from before. */
export interface ManualEntry extends SageKey {
  readonly kind: EstimateKind;
  readonly cents: Cents;
  /** The transaction date; default: today. */
  readonly day?: Day;
  readonly run?: bigint;
}

interface JobCostCode {
  readonly job: string;
  readonly extra?: string;
  readonly costCode: string;
}

export type SageSimulator = ReturnType<typeof sageSimulator>;

/**
 * Sage 300 CRE's Job Cost as far as estimates go, behind the copy that `createSageCopy` makes: it imports files
 * as Sage does, keeps the entries out of sight until they are posted, and then shows them in the copy. Money is
 * kept in cents; only the copy's columns are floating point.
 * @param options.padding store codes with the blanks of fixed-width fields, as many real copies do
 * @param options.timeZone of the office, whose day is stamped on entries; default: UTC
 */
export function sageSimulator(
  db: Db,
  clock: Clock,
  options: { readonly padding?: boolean; readonly timeZone?: string } = {},
) {
  const layout = options.padding ? paddedLayout : plainLayout;
  const today = (): Day => dayIn(options.timeZone ?? "UTC", clock.now());
  const inTransaction = <T>(work: (tx: Queries, masters: Masters) => Promise<T>): Promise<T> =>
    db.transaction(async (tx) => {
      const masters = openMasters(tx, layout);
      const result = await work(tx, masters);
      await masters.save();
      return result;
    });

  return {
    addJob: (job: string, description: string, status: Status = "In progress"): Promise<void> =>
      inTransaction((_tx, masters) =>
        masters.create("JCM_MASTER__JOB", { Job: job, Description: description, Status: status }),
      ),

    addExtra: (
      job: string,
      extra: string,
      description: string,
      status: Status = "In progress",
    ): Promise<void> =>
      inTransaction((_tx, masters) =>
        masters.create("JCM_MASTER__EXTRA", {
          Job: job,
          Extra: extra,
          Description: description,
          Status: status,
        }),
      ),

    /** Adds a cost code to a job, or to one of its extras. */
    addCostCode: (
      code: JobCostCode,
      description: string,
      { status = "In progress", group = false }: { status?: Status; group?: boolean } = {},
    ): Promise<void> =>
      inTransaction((_tx, masters) =>
        createCostCode(masters, { extra: "", ...code }, { description, status, group }),
      ),

    addStandardCostCode: (costCode: string, description: string, group = false): Promise<void> =>
      inTransaction((_tx, masters) =>
        masters.create("JCM_MASTER__STANDARD_COST_CODE", {
          Cost_Code: costCode,
          Description: description,
          Group_Cost_Code: group ? 1 : 0,
        }),
      ),

    addStandardCategory: (category: string, description: string): Promise<void> =>
      inTransaction((_tx, masters) =>
        masters.create("JCM_MASTER__STANDARD_CATEGORY", { Category: category, Description: description }),
      ),

    closeJob: (job: string): Promise<void> =>
      inTransaction((_tx, masters) => masters.change("JCM_MASTER__JOB", [job], { Status: "Closed" })),

    reopenJob: (job: string): Promise<void> =>
      inTransaction((_tx, masters) => masters.change("JCM_MASTER__JOB", [job], { Status: "In progress" })),

    reopenCostCode: ({ job, extra = "", costCode }: JobCostCode): Promise<void> =>
      inTransaction((_tx, masters) =>
        masters.change("JCM_MASTER__COST_CODE", [job, extra, costCode], { Status: "In progress" }),
      ),

    /** Job Cost > Tools > Import > Estimates. */
    importFile: (request: ImportRequest): Promise<ImportReport> =>
      inTransaction((tx, masters) => importEstimates(tx, masters, request)),

    /** What waits to be posted, oldest first. */
    newEntries: (): Promise<NewEntry[]> => readNewEntries(db),

    /** Job Cost > Tasks > Post Entries. Gives what was posted. */
    post: ({ which, change, run }: PostRequest): Promise<PostedEntry[]> =>
      inTransaction(async (tx, masters) => {
        const waiting = await readNewEntries(tx);
        const chosen = which === "all" ? waiting : waiting.filter(which);
        const entries = change ? chosen.map((entry) => ({ ...entry, cents: change(entry) })) : chosen;
        return postEntries(tx, masters, layout, entries, { today: today(), run, batch: "IMPORT" });
      }),

    /** Enters and posts by hand. */
    enter: ({ run, ...entry }: ManualEntry): Promise<PostedEntry> =>
      inTransaction(async (tx, masters) => {
        if (!(await masters.find("JCM_MASTER__JOB", entry.job)))
          throw new Error(`there is no job ${entry.job}`);
        await ensureCategory(masters, entry, "");
        await masters.save();
        const entries = await addNewEntries(tx, [
          { day: today(), ...entry, description: "", quantity: "0.00" },
        ]);
        const [posted] = await postEntries(tx, masters, layout, entries, {
          today: today(),
          run,
          batch: "MANUAL",
        });
        if (!posted) throw new Error("an entry that was entered was not posted");
        return posted;
      }),

    /** Moves posted entries from CURRENT to HISTORY. */
    moveToHistory: (predicate: (entry: PostedEntry) => boolean): Promise<void> =>
      inTransaction(async (tx) => {
        for (const entry of await readPostedEntries(tx))
          if (predicate(entry)) await moveEntryToHistory(tx, entry);
      }),
  };
}
