import { DIFFERENCE_MEANINGS, LINE_STATE_WORDS } from "../../src/core/state-words.ts";
import { type DifferenceState, IMPORT_LINE_STATES } from "../../src/core/states.ts";
import { DECISIONS, type Decision, STATE_DECISIONS } from "./match-decisions.ts";

const split = (text: string): string[] => text.split(" ").filter((word) => word !== "");

/** `100@2/11` as people say it. */
function entryWords(entry: string): string {
  const [, amount = "", known, day] = /^(-?\d+)(?:@(\d+))?(?:\/(\d+))?$/.exec(entry) ?? [];
  const before = known === undefined ? "" : known === "0" ? "before all batches" : `before batch ${known}`;
  const stamped = day === undefined ? "" : `stamped January ${Number(day)}`;
  return [amount, before || stamped ? `(${before}${stamped})` : ""].join(" ").trimEnd();
}

/** `differs=60~` of line 2 as people say it. */
function lineWords(outcome: string, line: number, lines: number): string {
  const [, word = "", carried, ambiguous] = /^(\w+)(?:=(-?\d+))?(~?)$/.exec(outcome) ?? [];
  const said = {
    open: "open",
    posted: "posted",
    differs: `amount differs: Sage carries ${carried}`,
    twice: `posted twice: Sage carries ${carried}`,
  }[word];
  return `${lines > 1 ? `${line}: ` : ""}${said}${ambiguous ? " (ambiguous)" : ""}`;
}

function decisionRow([situation, lineText, entries, expected]: Decision): string {
  const lines = split(lineText);
  const outcomes = split(expected);
  const ofLines = outcomes.slice(0, lines.length).map((one, n) => lineWords(one, n + 1, lines.length));
  const unexpected = outcomes.slice(lines.length).map((one) => `unexpected: ${one.slice(1)}`);
  const cells = [
    situation,
    lines.join(", ") || "nothing",
    split(entries).map(entryWords).join(", ") || "nothing",
    [...ofLines, ...unexpected].join("; ") || "nothing",
  ];
  return `| ${cells.join(" | ")} |`;
}

const title = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** `docs/matching.md`: the rules by which postings are recognised, and every decision that the tests hold them to. */
export const matchingPage = (): string => `# How postings are recognised

Sage keeps nothing of ours on an entry: no batch, no line, no document. So a reconciliation compares amounts, for each
job, extra, cost code and category, original estimates and approved changes apart. This page is made from the tables
that the tests run (\`npm run docs\`).

## The rules

An entry of Sage's copy is known by job, run and sequence, and counts once, whether it is in CURRENT or in HISTORY;
if the two differ, as CURRENT has it. Two that differ within one table both count, and it is said. It
never counts for a line if the copy showed it when the line's batch was claimed, or if it is stamped before that day.
With lines in batch order and entries by run and sequence:

1. Equal amounts pair one to one, oldest with oldest.
2. Among the rest, entries that cancel out drop out: opposites two by two, then a rest that comes to zero.
3. If the entries left add up to the open lines, or to the first n of them, those lines are posted: in pieces, or
   several in one entry.
4. An entry that is the opposite of a pair undoes it: its line is open again. What was posted in pieces is undone by
   the opposite of each piece as well.
5. A rest that repeats posted lines a whole number of times: those lines are posted twice.
6. Any other entry: the first open line that it counts for differs; if there is none, the entry is unexpected.

What was posted before a later batch was claimed is kept apart from what came after. Where rule 1 or 3 had a choice,
the line is marked *ambiguous*: look at the entries in Sage. The amounts of all lines and the unexpected entries
together are always what Sage carries.

A job that is not in the copy any more, nor any entry of it, was archived out of it or removed. Nothing can be read of
its lines then, which is no sign that an entry was reversed: they stay as they were last seen, and the reconciliation
and the report name the job.

## The states of a line

| state | in JSON | means |
|---|---|---|
${IMPORT_LINE_STATES.map((state) => `| ${LINE_STATE_WORDS[state]} | \`${state}\` | ${meaningOf(state)} |`).join("\n")}

Three things are differences and no state of a line:

| difference | means |
|---|---|
${(["unexpected", "changed_since_export", "master_total_differs"] as const).map((name) => `| \`${name}\` | ${meaningOf(name)} |`).join("\n")}

## What several differences together look like

A reconciliation names three mistakes that people are known to make, with what to do. States and flags never follow
from a name, only from the entries.

| name | recognised by | what to do in Sage |
|---|---|---|
| imported twice | every line of a file is posted twice | enter the opposite of every line once, and post it |
| wrong box | no line of a file is posted, and every amount stands on its key under the other transaction type | enter the opposite of these entries under the same type and post it; import the file again with the box as the cover sheet says |
| misposted | one line is not posted, and its amount stands on another key of the job, unexplained | move it: enter the opposite there and the amount here, and post both; or close the line with \`tieout accept\` |

## Every decision

Lines are amounts in batch order, one a batch, claimed on January 11, 12, 13 and so on; entries are in Sage's order.
*Before batch 2* means that the copy showed the entry when batch 2 was claimed. The job's first batch is of January 5.
${Object.entries(DECISIONS)
  .map(
    ([rule, rows]) => `
### ${title(rule)}

| what happened | exported | Sage shows | what is said |
|---|---|---|---|
${rows.map(decisionRow).join("\n")}
`,
  )
  .join("")}
### What else is known of a line

The line was written on January 12, and 5 days may pass before it is overdue.

| what is known | state |
|---|---|
${STATE_DECISIONS.map(([situation, , state]) => `| ${situation} | ${LINE_STATE_WORDS[state]} |`).join("\n")}
`;

/** A difference's meaning without its name before it. */
const meaningOf = (state: DifferenceState): string => DIFFERENCE_MEANINGS[state].replace(/^[^:]*: /, "");
