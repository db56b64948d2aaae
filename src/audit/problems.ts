import type { Problem } from "../core/outcome.ts";
import type { AuditRow } from "../journal/audit-chain.ts";
import type { CopyDiffering } from "../journal/read-covered.ts";
import type { KeptPart } from "../journal/tie-out-parts.ts";
import type { AuditFinding, KnownHead } from "./finding.ts";

const called = (row: AuditRow): string =>
  `event ${row.sequence} of ${row.company} (${row.event} ${row.subject}, ${row.at}, by ${row.actor})`;
const Called = (row: AuditRow): string => called(row).replace(/^e/, "E");

const RESTORE =
  "Somebody wrote to the journal past the program. Compare with a backup of the database, or with an earlier `tieout audit export`; ask who may write to the journal.";

interface RowsFound {
  readonly told: number;
  readonly rows: number;
  /** Rows that are not as they were written, or that may be where it is not sure. */
  readonly named: readonly string[];
  readonly isSure: boolean;
}

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
  rows_disagree: (row: AuditRow, part: string, { told, rows, named, isSure }: RowsFound): AuditFinding => ({
    name: "rows_disagree",
    sequence: row.sequence,
    message: `The rows of ${part} that ${called(row)} stands for are not as it tells: ${
      told === rows
        ? "there are as many, and they do not say what they said"
        : `there were ${told}, and there are ${rows}`
    }.${named.length > 0 ? ` ${isSure ? "Not as it was written" : "It may be"}: ${named.join("; ")}.` : ""}`,
    hint: RESTORE,
  }),
  rows_untold: (company: string, sequence: bigint, parts: readonly string[]): AuditFinding => ({
    name: "rows_untold",
    sequence: null,
    message: `Event ${sequence} of ${company} is not there, and rows say that it stands for them: ${parts.join(", ")}.`,
    hint: RESTORE,
  }),
  rows_ownerless: (part: string, rows: number, named: readonly string[]): AuditFinding => ({
    name: "rows_ownerless",
    sequence: null,
    message: `${rows === 1 ? "A row of" : `${rows} rows of`} ${part} ${rows === 1 ? "refers" : "refer"} to a batch or project that is not there: ${named.join("; ")}.`,
    hint: RESTORE,
  }),
  copy_disagrees: ({ line, column, there, found }: CopyDiffering): AuditFinding => ({
    name: "copy_disagrees",
    sequence: null,
    message: `What import_line says of ${line} is not what line_state says: ${column} is ${there} there, and ${found} comes of what was found.`,
    hint: RESTORE,
  }),
  counts_disagree: ({ kind, name, number }: KeptPart): AuditFinding => ({
    name: "counts_disagree",
    sequence: null,
    message: `Part ${number} of the tie-out (${kind === "codes" ? "codes of job" : kind} ${name}) does not come to what its row in tie_out_part counts.`,
    hint: `${RESTORE} \`tieout reconcile --full\` counts what is valid today anew.`,
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
