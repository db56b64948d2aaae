import { ESTIMATE_KINDS, type EstimateKind } from "../../core/key.ts";
import { type Cents, sumCents } from "../../core/money.ts";
import type { TieOutSums } from "../../core/tie-out/sums.ts";
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
export function postedControls({ byKind }: TieOutSums, lines: RunInJournal["lines"]): Control[] {
  return ESTIMATE_KINDS.flatMap((kind) => {
    const { posted, awaiting, differing, closed } = byKind[kind];
    const inJournal = lines.filter((one) => one.kind === kind);
    const asExported = posted - awaiting.posted - differing.posted - closed.posted;
    return [
      control(
        "exported",
        kind,
        ["exported, ever", sumCents(inJournal.map(({ cents }) => cents))],
        [
          ["posted as exported", asExported],
          ["awaiting posting", awaiting.exported],
          ["differing", differing.exported],
          ["closed by a person", closed.exported],
        ],
      ),
      control(
        "posted",
        kind,
        ["posted, as the journal has it", sumCents(inJournal.map(({ postedCents }) => postedCents))],
        [
          ["posted as exported", asExported],
          ["posted of what is waiting", awaiting.posted],
          ["posted of what differs", differing.posted],
          ["posted of what is closed", closed.posted],
        ],
      ),
    ];
  });
}
