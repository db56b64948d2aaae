import type { Problem } from "../core/outcome.ts";
import type { AuditRow } from "../journal/audit-chain.ts";
import type { AuditFinding, KnownHead } from "./finding.ts";

const called = (row: AuditRow): string =>
  `event ${row.sequence} of ${row.company} (${row.event} ${row.subject}, ${row.at}, by ${row.actor})`;
const Called = (row: AuditRow): string => called(row).replace(/^e/, "E");

const RESTORE =
  "Somebody wrote to the journal past the program. Compare with a backup of the database, or with an earlier `tieout audit export`; ask who may write to the journal.";

export const auditProblems = {
  event_changed: (row: AuditRow): AuditFinding => ({
    name: "event_changed",
    sequence: row.sequence,
    message: `${Called(row)} was changed or put there: its hash does not fit its content.`,
    hint: RESTORE,
  }),
  event_link_broken: (row: AuditRow, before: AuditRow | null): AuditFinding => ({
    name: "event_link_broken",
    sequence: row.sequence,
    message: before
      ? `The hash before it that ${called(row)} carries is not the hash of ${called(before)}: one of the two was changed, put there or moved.`
      : `The hash before it that ${called(row)} carries is not that of an empty chain, although it is the first.`,
    hint: RESTORE,
  }),
  event_missing: (first: bigint, last: bigint, before: AuditRow | null, after: AuditRow): AuditFinding => ({
    name: "event_missing",
    sequence: first.toString(),
    message: `${first === last ? `Event ${first} of ${after.company} is` : `Events ${first} to ${last} of ${after.company} are`} missing: ${
      before ? `between ${called(before)} and ${called(after)}` : `before ${called(after)}`
    }.`,
    hint: RESTORE,
  }),
  event_twice: (row: AuditRow): AuditFinding => ({
    name: "event_twice",
    sequence: row.sequence,
    message: `The number of ${called(row)} is there more than once.`,
    hint: RESTORE,
  }),
  head_not_in_chain: (company: string, head: KnownHead, last: AuditRow | null): AuditFinding => ({
    name: "head_not_in_chain",
    sequence: null,
    message: `No event of ${company} has the hash ${head.hash}, which is kept in ${head.source}: events were cut off the end, taken out, or the chain was made anew. It ends with ${last ? called(last) : "nothing"}.`,
    hint: `${RESTORE} If the database was restored from an older copy, that is why.`,
  }),
  batch_disagrees: (row: AuditRow | null, batchId: string, what: string): AuditFinding => ({
    name: "batch_disagrees",
    sequence: row?.sequence ?? null,
    message: row
      ? `Batch ${batchId} is not in the journal as ${called(row)} tells of it: ${what}.`
      : `The journal has batch ${batchId}, and no event tells that it was ${what}.`,
    hint: RESTORE,
  }),
  tie_out_disagrees: (row: AuditRow | null, day: string, sha256: string): AuditFinding => ({
    name: "tie_out_disagrees",
    sequence: row?.sequence ?? null,
    message: row
      ? `The tie-out that ${called(row)} tells of is not in the journal as it was stored: its hash was ${sha256}.`
      : `The journal has a tie-out of ${day}, and no event tells that it was stored: its hash is ${sha256}.`,
    hint: RESTORE,
  }),
  head_invalid: (value: string): Problem => ({
    name: "head_invalid",
    message: `"${value}" is not the hash of an event.`,
    hint: "Give the 64 characters (0-9, a-f) of an `audit_head` with --head.",
  }),
  head_of_which_company: (where: string): Problem => ({
    name: "head_of_which_company",
    message: `It is not known which company the head in ${where} belongs to.`,
    hint: "Name the company with --company.",
  }),
  head_file_unusable: (file: string, reason: string): Problem => ({
    name: "head_file_unusable",
    message: `${file} gives no head: ${reason}.`,
    hint: "Give a manifest, a report, a run's record or an `audit export` with --head-from.",
  }),
};
