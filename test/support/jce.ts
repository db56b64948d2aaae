import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A `C` record of an import file, under the `*` record before it. */
export interface ExportedLine {
  readonly batchId: string;
  readonly kind: "original" | "approved_change";
  readonly job: string;
  readonly extra: string;
  readonly costCode: string;
  readonly category: string;
  readonly cents: bigint;
}

/** Kind and key as one text. */
export const keyOf = ({
  kind,
  job,
  extra,
  costCode,
  category,
}: Omit<ExportedLine, "batchId" | "cents">): string => [kind, job, extra, costCode, category].join("|");

/** Every line of every import file in an outbox, read by its own few rules: nothing here is the program's. */
export function readOutbox(outbox: string): ExportedLine[] {
  const batches = existsSync(outbox) ? readdirSync(outbox).filter((name) => !name.startsWith(".")) : [];
  return batches.sort().flatMap((batchId) =>
    readdirSync(join(outbox, batchId))
      .filter((name) => name.endsWith(".jce"))
      .sort()
      .flatMap((name) => readLines(batchId, name, readFileSync(join(outbox, batchId, name), "latin1"))),
  );
}

function readLines(batchId: string, name: string, text: string): ExportedLine[] {
  const kind = name.endsWith("-2-approved-changes.jce") ? "approved_change" : "original";
  const lines: ExportedLine[] = [];
  let job = "";
  const records = text.split("\r\n");
  if (records.pop() !== "") throw new Error(`${name} does not end with its last record`);
  for (const record of records) {
    // No field of ours holds a quote, so a comma is part of a text just when it stands between two.
    const fields = [...record.matchAll(/(?:^|,)(?:"([^"]*)"|([^",]*))/g)].map(
      ([, quoted, bare]) => quoted ?? bare ?? "",
    );
    const [id, first = "", , category = "", , , , amount = "", , , , , extra = ""] = fields;
    if (id === "*") job = first;
    if (id !== "C") continue;
    if (fields.length !== 13 || !/^-?\d+\.\d\d$/.test(amount)) throw new Error(`${name}: ${record}`);
    lines.push({
      batchId,
      kind,
      job,
      extra,
      costCode: first,
      category,
      cents: BigInt(amount.replace(".", "")),
    });
  }
  return lines;
}
