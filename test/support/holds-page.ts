import { fieldsOf, HOLD_CHAPTERS, HOLD_RULES, type HoldLevel, type HoldRule } from "../../src/core/holds.ts";

const LEVELS: Readonly<Record<HoldLevel, string>> = {
  project: "project",
  document: "document",
  line: "line",
  key: "key",
};

const HEAD = `# Holds

<!-- Made by \`npm run docs\` from the table in src/core/holds.ts: change it there. -->

What holds a budget or a modification back, and what ends it. Both are called documents here.

A held line holds its whole document, and nothing else: other projects go on, and so do other documents of the project
that need not wait for it. Of a document every cause is told at once, each with the line, the staging column and the
value it is in. Lines that nothing is wrong with are not listed.

## Looking at holds

\`tieout holds\` shows what the last export held, since when, and the remedy. \`tieout plan\` shows what an export would
hold now, so it tells at once whether a cause is mended. \`tieout status PROJECT_NUMBER\` and the project system's
buttons name the first cause. The exit code of \`export\` and \`plan\` is 2 while anything is held.

## How a hold begins and ends

The first export that finds a cause begins its hold; the first that does not find it ends it, and sends the document
in the same run. Nobody has to end a hold. Both are in the audit trail (\`holds_changed\`), with rule, line, column and
value. A document that is retrieved or removed takes its holds with it.

Mend the cause where it is: mapping files and Sage by you, staging in the project system. A budget that is changed
there has to be accepted again.

## Letting a budget go

One hold is a question to you, and you may answer it with nothing mended: \`lines_gone\`. If the lines were taken out on
purpose, \`tieout release ID --reason "…"\` lets the budget go, as it is accepted now; \`tieout holds\` shows the id. The
release is an audit event with your name. Another acceptance asks again.

\`no_baseline\` is decided once for each project, with [\`tieout baseline\`](accountants.md#jobs-that-were-there-before).

## Reading the tables

Some causes are told of each line, others once for a document, or once for each accepted document of a project. A key is
a job, extra, cost code and category: it is named where the lines on it are too much together, or have gone.
`;

const CHAPTER_HEAD = `| rule | told of each | staging column | what it means | what to do |
|---|---|---|---|---|`;

/** `docs/holds.md`: every rule that can hold a document, for accountants, from the one table of them. */
export const holdsPage = (): string =>
  [HEAD, ...Object.entries(HOLD_CHAPTERS).map(([chapter, title]) => chapterText(chapter, title))].join("\n");

function chapterText(chapter: string, title: string): string {
  const rows = Object.entries(HOLD_RULES)
    .filter(([, rule]) => rule.chapter === chapter)
    .map(([name, rule]) => ruleRow(name, rule));
  return `## ${title}\n\n${CHAPTER_HEAD}\n${rows.join("\n")}\n`;
}

const ruleRow = (name: string, rule: HoldRule): string =>
  `| ${[
    `\`${name}\``,
    rule.levels.map((level) => LEVELS[level]).join(", "),
    fieldsOf(rule)
      .map((field) => `\`${field}\``)
      .join(", "),
    rule.means,
    rule.mend,
  ]
    .map((cell) => cell.replaceAll("|", "\\|"))
    .join(" | ")} |`;
