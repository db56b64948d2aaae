import { CsvError, parse } from "csv-parse/sync";
import type { Problem } from "../../core/outcome.ts";
import { stageProblems } from "./problems.ts";

/** The cells of a CSV file, row by row, blank rows included; or why they cannot be told apart. */
export function readRecords(file: string, bytes: Uint8Array): string[][] | Problem {
  const mark = `${bytes[0]},${bytes[1]}`;
  if (mark === "255,254" || mark === "254,255") return stageProblems.stage_utf16(file);
  const text = decodeUtf8(bytes);
  if (text === null) return stageProblems.stage_not_utf8(file, firstLineNotUtf8(bytes));
  if (text.trim() === "") return stageProblems.stage_empty_file(file);
  try {
    return parse(text, { relax_column_count: true, record_delimiter: ["\r\n", "\n", "\r"] });
  } catch (error) {
    if (error instanceof CsvError) return stageProblems.stage_quotes(file, Number(error.lines));
    throw error;
  }
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function firstLineNotUtf8(bytes: Uint8Array): number {
  for (let line = 1, start = 0; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1 || decodeUtf8(bytes.subarray(start, end)) === null) return line;
    start = end + 1;
  }
}
