import { count } from "../../core/count.ts";
import { groupBy } from "../../core/group-by.ts";
import { joinKey } from "../../core/key.ts";
import { centsOf, formatMoneyForPeople } from "../../core/money.ts";
import { DIFFERENCE_MEANINGS, LINE_STATE_WORDS } from "../../core/state-words.ts";
import { IMPORT_LINE_STATES } from "../../core/states.ts";
import type { CompanyReconcile, DifferenceResult, ReconcileResult } from "../../run/reconcile/reconcile.ts";
import { companyHead, KIND_WORDS, keyColumns, money, NO_COMPANY } from "./parts.ts";
import { type Block, page, table, wrap } from "./table.ts";

/** `tieout reconcile`: how many lines stand where, what was synced, and every difference with what it means. */
export const reconcileText = ({ companies }: ReconcileResult): string =>
  page(companies.length === 0 ? [NO_COMPANY] : companies.flatMap(companyBlocks));

const companyBlocks = (company: CompanyReconcile): Block[] => [
  companyHead(company),
  counts(company),
  company.synced.length === 0
    ? []
    : [
        `Synced by this run: ${count(company.synced.length, "document")}`,
        ...company.synced.flatMap((document) => wrap(document, 2)),
      ],
  rejectsBlock(company.rejects),
  ...company.recognitions.map(({ message, remedy }) => [...wrap(message), ...wrap(`→ ${remedy}`, 2, 4)]),
  ...[...groupBy(company.differences, (difference) => difference.state).values()].flatMap(differenceBlocks),
];

function counts({ lines, unexpected, differences, error }: CompanyReconcile): Block {
  const rows = [
    ...IMPORT_LINE_STATES.map((state) => ({ label: LINE_STATE_WORDS[state], n: lines[state] })),
    { label: "unexpected entries in Sage", n: unexpected },
  ].filter(({ n }) => n > 0);
  if (rows.length === 0) return error ? [] : wrap("Nothing to reconcile: no batch has a line yet.", 2);
  return [
    ...table(
      [
        { title: "Import lines", value: ({ label }) => label },
        { title: "Number", value: ({ n }) => n.toLocaleString("en-US"), align: "right" },
      ],
      rows,
      2,
    ),
    ...(error || differences.length > 0 ? [] : ["  There are no differences."]),
  ];
}

function rejectsBlock(rejects: CompanyReconcile["rejects"]): Block {
  return rejects.flatMap(({ name, records, batch_id, problems }) => [
    ...(batch_id === null
      ? []
      : wrap(`Reject file ${name}: ${count(records, "record")}, taken for rejects of ${batch_id}.`)),
    ...problems.flatMap(({ message, hint }) => [...wrap(message, 2), ...wrap(`→ ${hint}`, 4, 6)]),
  ]);
}

/** What the state means, then a table for every batch, kind and job. */
function differenceBlocks(ofState: readonly DifferenceResult[]): Block[] {
  const places = groupBy(ofState, ({ batch_id, kind, job }) => joinKey(batch_id ?? "", kind, job));
  return [
    ofState.slice(0, 1).flatMap(({ state }) => wrap(DIFFERENCE_MEANINGS[state])),
    ...[...places.values()].map(placeBlock),
  ];
}

function placeBlock(differences: readonly DifferenceResult[]): Block {
  const [place] = differences;
  if (!place) return [];
  const batch = place.batch_id === null ? "No batch" : `Batch ${place.batch_id}`;
  const [titles = "", ...rows] = table(
    [
      ...keyColumns(differences),
      { title: "Exported", value: ({ exported }) => money(exported), align: "right" },
      { title: "Posted", value: ({ posted }) => money(posted), align: "right" },
      {
        title: "Difference",
        value: ({ exported, posted }) => formatMoneyForPeople(centsOf(posted) - centsOf(exported)),
        align: "right",
      },
    ],
    differences,
    2,
  );
  return [
    ...wrap(`${batch}, job ${place.job}, ${KIND_WORDS[place.kind].toLowerCase()}`),
    titles,
    ...rows.flatMap((row, i) => [row, ...(differences[i]?.ambiguous ? wrap(AMBIGUOUS, 4, 6) : [])]),
  ];
}

const AMBIGUOUS = "The entries could be told apart in more than one way; look at them in Sage.";
