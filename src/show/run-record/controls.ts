import { ESTIMATE_KINDS, type EstimateKind } from "../../core/key.ts";
import { type Cents, sumCents } from "../../core/money.ts";
import { isOpen } from "../../core/tie-out/differences.ts";
import type { TieOut } from "../../core/tie-out/schema.ts";
import type { RunInJournal } from "./read.ts";
import { type AcceptedDocument, type Control, FATES, type Fate } from "./schema.ts";

const FATE_WORDS: Readonly<Record<Fate, string>> = {
  exported: "exported by this run",
  held: "held",
  waiting: "waiting for another document",
  nothing_to_send: "nothing to send",
  left_for_next_run: "left for the next run",
};

type Part = readonly [name: string, cents: Cents];

function control(name: Control["name"], of: string, [title, whole]: Part, parts: readonly Part[]): Control {
  const sum = sumCents(parts.map(([, cents]) => cents));
  return {
    ...{ name, of },
    whole: { name: title, amount: whole },
    parts: parts.map(([part, cents]) => ({ name: part, amount: cents })),
    sum: sum,
    agrees: whole === sum,
  };
}

/**
 * What was accepted, by what became of it. Accepted is as staging had it, and exported as the journal's import lines
 * have it; documents with a line that is no amount are left out on both sides.
 */
export const acceptedControls = (
  documents: readonly AcceptedDocument[],
  claimed: Readonly<Record<EstimateKind, Cents>>,
): Control[] =>
  ESTIMATE_KINDS.map((kind) => {
    const own = documents.flatMap((one) =>
      one.kind === kind && one.amount !== null
        ? [{ became: one.became, accepted: one.amount, before: one.sent_before }]
        : [],
    );
    const toSend = (fate: Fate) =>
      sumCents(own.filter(({ became }) => became === fate).map(({ accepted, before }) => accepted - before));
    return control(
      "accepted",
      kind,
      ["accepted, as staging had it", sumCents(own.map(({ accepted }) => accepted))],
      [
        ["sent before, a baseline included", sumCents(own.map(({ before }) => before))],
        ...FATES.map((fate): Part => [FATE_WORDS[fate], fate === "exported" ? claimed[kind] : toSend(fate)]),
      ],
    );
  });

/** Each import file that the run wrote: its `C` records, and the journal's lines behind them. */
export const fileControls = (batches: RunInJournal["batches"]): Control[] =>
  batches.flatMap(({ files, lineTotals }) =>
    files.map(({ name, amount_total }) =>
      control(
        "import_file",
        name,
        ["C records of the file in the outbox", amount_total],
        [["import lines in the journal", lineTotals.get(name) ?? 0n]],
      ),
    ),
  );

/** What was ever exported, as the journal has it, by what Sage's copy says of it. */
export function postedControls(tieOut: TieOut, lines: RunInJournal["lines"]): Control[] {
  const ofLines = tieOut.differences.filter(({ line_no }) => line_no !== null);
  return ESTIMATE_KINDS.flatMap((kind) => {
    const own = ofLines.filter((one) => one.kind === kind);
    const inJournal = lines.filter((one) => one.kind === kind);
    const sum = (side: "exported" | "posted", which: (one: (typeof own)[number]) => boolean) =>
      sumCents(own.filter(which).map((one) => one[side]));
    const isClosed = ({ state }: (typeof own)[number]) => state === "accepted_difference";
    const isWaiting = ({ state }: (typeof own)[number]) => isOpen(state);
    const isDiffering = (one: (typeof own)[number]) => !isClosed(one) && !isWaiting(one);
    const carried = sumCents(tieOut.keys.filter((key) => key.kind === kind).map((key) => key.posted));
    const asExported = carried - sum("posted", () => true);
    return [
      control(
        "exported",
        kind,
        ["exported, ever", sumCents(inJournal.map(({ cents }) => cents))],
        [
          ["posted as exported", asExported],
          ["awaiting posting", sum("exported", isWaiting)],
          ["differing", sum("exported", isDiffering)],
          ["closed by a person", sum("exported", isClosed)],
        ],
      ),
      control(
        "posted",
        kind,
        ["posted, as the journal has it", sumCents(inJournal.map(({ postedCents }) => postedCents))],
        [
          ["posted as exported", asExported],
          ["posted of what is waiting", sum("posted", isWaiting)],
          ["posted of what differs", sum("posted", isDiffering)],
          ["posted of what is closed", sum("posted", isClosed)],
        ],
      ),
    ];
  });
}
