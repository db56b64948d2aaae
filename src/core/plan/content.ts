import type { StagedDocument, StagedLine } from "../../staging/rows.ts";
import { compareText } from "../key.ts";
import { formatMoney, parseMoney } from "../money.ts";

/** What a line says, amounts in one spelling: two lines that say the same have the same content. */
export function lineContent(line: StagedLine): readonly string[] {
  const amount = parseMoney(line.amount);
  return [
    line.lineId,
    line.subJob,
    line.costCode,
    line.costType,
    amount.ok ? formatMoney(amount.cents) : (line.amount ?? ""),
  ];
}

/** What a document's lines say, whatever order they are read in: to tell whether they changed. */
export const documentContent = (document: StagedDocument): string =>
  JSON.stringify(document.lines.map(lineContent).sort((a, b) => compareText(a[0] ?? "", b[0] ?? "")));
