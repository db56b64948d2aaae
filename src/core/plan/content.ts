import { compareText, joinKey } from "../key.ts";
import { type Cents, formatMoney, parseMoney } from "../money.ts";
import type { StagedDocument, StagedLine } from "../staged.ts";
import type { ProjectLedger } from "./types.ts";

/** A line as the journal keeps it: its id, then what it says, amounts in one spelling. */
type LineContent = readonly [lineId: string, ...says: string[]];

function lineContent(line: StagedLine): LineContent {
  const amount = parseMoney(line.amount);
  return [
    line.lineId,
    line.subJob,
    line.costCode,
    line.costType,
    amount.ok ? formatMoney(amount.cents) : (line.amount ?? ""),
  ];
}

/** A document's lines in one order, as JSON: to keep, and to tell whether it is still the one that was read. */
export const documentContent = (document: StagedDocument): string =>
  `[${document.lines
    .map((line) => JSON.stringify(lineContent(line)))
    .sort(compareText)
    .join(",")}]`;

/** What a line says. Its id is not part of it: that serves tracing only. */
export const lineSays = (line: StagedLine): string => JSON.stringify(lineContent(line).slice(1));

/** A line's codes in staging, as one text. */
export const spellCodes = ({
  subJob,
  costCode,
  costType,
}: Pick<StagedLine, "subJob" | "costCode" | "costType">): string => joinKey(subJob, costCode, costType);

/** The codes that each line of a project's budgets had when it was last sent, by line id. */
export function codesSent({
  sentContents,
}: Pick<ProjectLedger, "sentContents">): ReadonlyMap<string, string> {
  const codes = new Map<string, string>();
  for (const [document, content] of sentContents) {
    if (!document.startsWith(joinKey("budget", ""))) continue;
    for (const [lineId, subJob = "", costCode = "", costType = ""] of JSON.parse(content) as LineContent[])
      codes.set(lineId, spellCodes({ subJob, costCode, costType }));
  }
  return codes;
}

/** What the lines of a kept content say, in one order. */
export const contentSays = (content: string): readonly string[] =>
  (JSON.parse(content) as LineContent[]).map(([, ...says]) => JSON.stringify(says)).sort(compareText);

/** Whether a document says what a kept content says, whatever ids its lines have. */
export const saysTheSame = (document: StagedDocument, content: string): boolean =>
  JSON.stringify(document.lines.map(lineSays).sort(compareText)) === JSON.stringify(contentSays(content));

/** What a document's lines come to; null if one of them has no amount. */
export function amountOf({ lines }: StagedDocument): Cents | null {
  let total: Cents = 0n;
  for (const line of lines) {
    const amount = parseMoney(line.amount);
    if (!amount.ok) return null;
    total += amount.cents;
  }
  return total;
}
