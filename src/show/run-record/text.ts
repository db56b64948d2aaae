import { count } from "../../core/count.ts";
import { groupBy } from "../../core/group-by.ts";
import type { EstimateKind } from "../../core/key.ts";
import { formatMoneyForPeople as money, sumCents } from "../../core/money.ts";
import { LINE_STATE_WORDS } from "../../core/state-words.ts";
import { IMPORT_LINE_STATES } from "../../core/states.ts";
import { documentInSentence, KIND_WORDS, moment } from "../text/parts.ts";
import { type Block, page, table, wrap, wrapLines } from "../text/table.ts";
import type { Control, RunRecord } from "./schema.ts";

/** Holds and differences that the text lists one by one; the JSON file has all. */
const LISTED = 20;

/** A run's record for people, 80 columns wide. */
export const runRecordText = (record: RunRecord): string =>
  page([
    wrap(`Run of ${record.company}: ${record.command}, ${outcomeWords(record)}`),
    facts(record),
    error(record),
    unfinished(record),
    record.notices.flatMap((notice) => wrapLines(`Note: ${notice}`)),
    decision(record),
    accepted(record),
    ...record.batches.map(batch),
    synced(record),
    holds(record),
    lines(record),
    differences(record),
    movements(record),
    ...controls(record),
    events(record),
    record.audit_head === null
      ? ["Head of the audit chain: not known, since the journal could not be read"]
      : ["Head of the audit chain at the end", `  ${record.audit_head}`],
  ]);

const outcomeWords = ({ error }: RunRecord): string => (error ? `failed (${error.name})` : "done");

function facts(record: RunRecord): Block {
  const { copy, mapping } = record.data;
  const rows = [
    ["Run", record.run_id],
    ["By", record.actor],
    ["Version", `tieout ${record.tool_version}`],
    ["Began", seconds(record.started_at)],
    ["Ended", seconds(record.ended_at)],
    ["Company's day", `${record.day} (${record.time_zone})`],
    [
      "Sage's copy",
      copy === null ? "not read" : `newest entry of ${copy.as_of?.replace("T", " ") ?? "no known date"}`,
    ],
    ["", copy === null ? "" : `highest run of an estimate: ${copy.highest_run ?? "none"}`],
    [
      "Mapping files",
      mapping === null
        ? "none in force"
        : `version ${mapping.version}, since ${moment(mapping.in_force_since)}`,
    ],
    ["", mapping?.sha256 ?? ""],
  ].filter(([, value]) => value !== "");
  return table(
    [
      { title: "", value: ([name = ""]) => name },
      { title: "", value: ([, value = ""]) => value },
    ],
    rows,
  );
}

const seconds = (timestamp: string): string => timestamp.replace(/^(\S+)T(\S+)Z$/, "$1 $2 UTC");

const error = ({ error: one }: RunRecord): Block =>
  one === null
    ? []
    : [
        ...wrapLines(`Failed: ${one.message} [${one.name}]`),
        ...(one.hint ? one.hint.split("\n").flatMap((hint) => wrap(`→ ${hint}`, 2, 4)) : []),
      ];

const unfinished = ({ unfinished_runs: runs }: RunRecord): Block =>
  runs.length === 0
    ? []
    : [
        ...wrap(
          `${count(runs.length, "earlier run has", "earlier runs have")} no end: killed, or cut off from the database. What was claimed is finished by the next export or reconciliation.`,
        ),
        ...table(
          [
            { title: "Began", value: (run) => seconds(run.started_at) },
            { title: "Command", value: (run) => run.command },
            { title: "Run", value: (run) => run.run_id },
            { title: "By", value: (run) => run.actor, mayBeCut: true },
          ],
          runs,
          2,
        ),
      ];

const DECISION_WORDS: Readonly<Record<string, string>> = {
  baseline_recorded: "Opening position recorded of project",
  released: "Released: document",
  difference_accepted: "Difference accepted:",
};

const decision = ({ decision: one }: RunRecord): Block =>
  one === null
    ? []
    : [
        ...wrap(`${DECISION_WORDS[one.event] ?? one.event} ${one.subject}`),
        ...wrap(`Reason: ${one.reason}`, 2, 4),
      ];

function accepted({ accepted: documents }: RunRecord): Block {
  if (documents.length === 0) return [];
  return [
    "Accepted in staging",
    ...table(
      [
        { title: "Project", value: (one) => one.project_number },
        {
          title: "Document",
          value: (one) => documentInSentence(one.document, one.number || one.document_id),
          mayBeCut: true,
        },
        {
          title: "Amount",
          value: (one) => (one.amount === null ? "no amount" : money(one.amount)),
          align: "right",
        },
        { title: "Sent before", value: (one) => money(one.sent_before), align: "right" },
        { title: "Became", value: (one) => one.became.replaceAll("_", " ") },
      ],
      documents,
      2,
    ),
  ];
}

const batch = (one: RunRecord["batches"][number]): Block => [
  ...wrap(
    `Batch ${one.batch_id}, ${one.state === "written" ? "written" : "claimed, not written yet"}${one.recovered ? "; an earlier run had claimed it" : ""}. Transaction date ${one.transaction_date}.`,
  ),
  ...table(
    [
      { title: "Import file", value: (file) => file.name },
      { title: "Lines", value: (file) => file.lines.toLocaleString("en-US"), align: "right" },
      { title: "Amount", value: (file) => money(file.amount_total), align: "right" },
    ],
    one.files,
    2,
  ),
  ...one.files.flatMap(({ sha256 }) => (sha256 === null ? [] : [`  ${sha256}`])),
  ...(one.lines_left_out > 0
    ? wrap(
        `${count(one.lines_left_out, "key")} came to 0.00 and ${one.lines_left_out === 1 ? "is" : "are"} in no file.`,
        2,
      )
    : []),
];

const synced = ({ synced: documents }: RunRecord): Block =>
  documents.length === 0
    ? []
    : [
        `${count(documents.length, "document")} synced`,
        ...documents.flatMap((one) => wrap(documentInSentence(one.document, one.document_id), 2)),
      ];

function holds({ holds: changed }: RunRecord): Block {
  if (changed === null) return [];
  const { began, ended, current } = changed;
  const list = (all: typeof began): string[] => [
    ...all
      .slice(0, LISTED)
      .flatMap((one) =>
        wrap(
          `${one.rule}: ${documentInSentence(one.document, one.document_id)}${one.staging_line_id === null ? "" : `, line ${one.staging_line_id}`}, ${one.field} ${one.value}`,
          4,
          6,
        ),
      ),
    ...more(all.length, 4),
  ];
  return [
    `Holds: ${began.length} began, ${ended.length} ended, ${current} now`,
    ...(began.length > 0 ? ["  Began", ...list(began)] : []),
    ...(ended.length > 0 ? ["  Ended", ...list(ended)] : []),
  ];
}

const more = (all: number, indent: number): string[] =>
  all > LISTED ? wrap(`and ${(all - LISTED).toLocaleString("en-US")} more, in the JSON file`, indent) : [];

function lines({ lines: counts }: RunRecord): Block {
  if (counts === null) return [];
  const rows = IMPORT_LINE_STATES.map((state) => ({ state, n: counts[state] ?? 0 })).filter(({ n }) => n > 0);
  if (rows.length === 0) return ["Import lines: none yet"];
  return table(
    [
      { title: "Import lines", value: ({ state }) => LINE_STATE_WORDS[state] },
      { title: "Number", value: ({ n }) => n.toLocaleString("en-US"), align: "right" },
    ],
    rows,
  );
}

function differences({ differences: all }: RunRecord): Block {
  if (all.length === 0) return [];
  const byState = [...groupBy(all, ({ state }) => state)].map(([state, ofState]) => ({ state, ofState }));
  const sum = (side: "exported" | "posted") => (row: (typeof byState)[number]) =>
    money(sumCents(row.ofState.map((one) => one[side])));
  return [
    ...table(
      [
        { title: "Differences", value: ({ state }) => state.replaceAll("_", " ") },
        { title: "Number", value: ({ ofState }) => ofState.length.toLocaleString("en-US"), align: "right" },
        { title: "Exported", value: sum("exported"), align: "right" },
        { title: "Posted", value: sum("posted"), align: "right" },
      ],
      byState,
    ),
    ...wrap("The JSON file has each of them.", 2),
  ];
}

const movements = ({ movements: all }: RunRecord): Block =>
  all.length === 0
    ? []
    : table(
        [
          { title: "Amounts in and out", value: ({ from, to }) => `${from} → ${to}`.replaceAll("_", " ") },
          { title: "", value: ({ kind }) => KIND_WORDS[kind].toLowerCase() },
          { title: "Movements", value: (one) => one.movements.toLocaleString("en-US"), align: "right" },
          { title: "Amount", value: ({ amount }) => money(amount), align: "right" },
        ],
        all,
      );

const controls = ({ controls: all, audit_head }: RunRecord): Block[] =>
  all.length === 0
    ? audit_head === null
      ? [["Control totals: none, since the journal could not be read"]]
      : []
    : [["Control totals"], ...all.map(controlBlock)];

function controlBlock({ name, of, whole, parts, sum, agrees }: Control): Block {
  const rows = [
    { sign: "", ...whole },
    ...parts.map((part, i) => ({ sign: i === 0 ? "=" : "+", ...part })),
    ...(parts.length > 1 ? [{ sign: "", name: "sum", amount: sum }] : []),
  ];
  const title = name === "import_file" ? of : `${KIND_WORDS[of as EstimateKind]}, ${name}`;
  return [
    ...wrap(`${title}: ${agrees ? "agrees" : "DOES NOT AGREE"}`, 2),
    ...table(
      [
        { title: "", value: ({ sign }) => sign },
        { title: "", value: (row) => row.name },
        { title: "", value: ({ amount }) => money(amount), align: "right" },
      ],
      rows,
      4,
    ),
  ];
}

const events = ({ events: all }: RunRecord): Block =>
  all.length === 0
    ? []
    : table(
        [
          { title: "Event", value: ({ sequence }) => sequence, align: "right" },
          { title: "What", value: ({ event }) => event },
          { title: "Of what", value: ({ subject }) => subject, mayBeCut: true },
        ],
        all,
      );
