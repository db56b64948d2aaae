import { LINE_STATE_WORDS } from "../../core/state-words.ts";
import type { TracedImportLine, TraceResult } from "../../run/look/trace.ts";
import { documentName, KIND_WORDS, moment, money } from "./parts.ts";
import { type Block, page, wrap } from "./table.ts";

/** `tieout trace`: the life of one line, in the order in which it happened. */
export const traceText = ({ line_id, staging, movements, import_lines, holds }: TraceResult): string =>
  page([
    [
      ...wrap(`Line ${line_id}`),
      ...(staging.length === 0 ? wrap("It is no longer in staging.", 2) : staging.flatMap(stagedBlock)),
    ],
    movements.length === 0
      ? ["Nothing of it was sent yet."]
      : ["Its money moved:", ...movements.flatMap(movementBlock)],
    ...import_lines.map(importLineBlock),
    holds.length === 0 ? [] : ["Held:", ...holds.flatMap(holdBlock)],
  ]);

const placeOf = (place: { job: string; extra: string; cost_code: string; category: string }): string =>
  [place.job, place.extra, place.cost_code, place.category].filter((part) => part !== "").join(" / ");

const stagedBlock = (line: TraceResult["staging"][number]): string[] =>
  wrap(
    `Staging now: ${documentName(line.document, "")} ${line.document_id}, ${[
      line.sub_job_code,
      line.cost_code,
      line.cost_type,
    ]
      .filter((code) => code !== "")
      .join(
        " / ",
      )}, amount ${line.amount === "" ? "missing" : line.amount}${line.erp_synced ? ", synced" : ""}`,
    2,
    4,
  );

const movementBlock = (move: TraceResult["movements"][number]): string[] => [
  ...wrap(
    `${moment(move.moved_at)}: ${money(move.amount)} from ${move.from} to ${move.to}, ${KIND_WORDS[move.kind].toLowerCase()} of ${placeOf(move)}`,
    2,
    4,
  ),
  ...wrap(
    `${move.cause}; accepted by ${move.accepted_by || "nobody"} at ${move.accepted_at || "no time"}; mapping ${move.mapping_rows.join(", ") || "none"}${move.batch_id === null ? "" : `; batch ${move.batch_id} line ${move.line_no}`}`,
    4,
    4,
  ),
];

const importLineBlock = (line: TracedImportLine): Block => [
  ...wrap(
    `Batch ${line.batch_id} line ${line.line_no}: ${money(line.amount)}, dated ${line.transaction_date}`,
  ),
  ...(line.file
    ? [
        ...wrap(`${line.file.name}, C record ${line.file.c_record}`, 2),
        ...wrap(`SHA-256 ${line.file.sha256}`, 2),
      ]
    : wrap("In no file, since it came to 0.00.", 2)),
  ...wrap(
    `${LINE_STATE_WORDS[line.state]} since ${moment(line.state_since)}, posted ${money(line.posted)}`,
    2,
    4,
  ),
  ...line.postings.flatMap(({ job, run, sequence, amount }) =>
    wrap(`Sage: job ${job}, run ${run}, sequence ${sequence}, ${money(amount)}`, 4),
  ),
];

const holdBlock = (hold: TraceResult["holds"][number]): string[] => [
  ...wrap(
    `${hold.rule} from ${moment(hold.began_at)} ${hold.ended_at === null ? "until now" : `to ${moment(hold.ended_at)}`}: ${hold.message}`,
    2,
    4,
  ),
  ...(hold.ended_at === null ? wrap(`→ ${hold.remedy}`, 4, 6) : []),
];
