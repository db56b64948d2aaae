import type { BatchRecord } from "../core/import-line.ts";
import { keyId } from "../core/key.ts";
import { readJce } from "./read-jce.ts";
import { estimateFilesOf } from "./render/contents.ts";
import type { RenderedFile } from "./render/manifest.ts";

/** Reads the import files with the independent parser: they must say what the journal says, line by line. */
export function checkAgainstRecord(record: BatchRecord, rendered: readonly RenderedFile[]): void {
  for (const { name, kind } of estimateFilesOf(record)) {
    const file = rendered.find((f) => f.name === name);
    const parsed =
      file && readJce(file.bytes, { encoding: record.jce.encoding, extraField: record.jce.extra_field });
    if (!parsed?.ok)
      throw new Error(`${name} cannot be read back: ${parsed ? parsed.problem.message : "missing"}`);
    const expected = record.lines
      .filter((line) => line.kind === kind && line.inFile)
      .map((line) => `${keyId(line.key)} ${line.cents} ${record.transactionDate}`);
    const found = parsed.value.lines.map((line) => `${keyId(line)} ${line.cents} ${line.day}`);
    if (expected.length !== found.length || expected.some((line, index) => line !== found[index]))
      throw new Error(`${name} does not say what the journal says`);
  }
}
