import { isUtf8 } from "node:buffer";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import iconv from "iconv-lite";
import type { MappingFile, MappingSet } from "../core/mapping-set.ts";
import { sha256 } from "../core/sha256.ts";
import { MAPPING_LAYOUT, type MappingFileName } from "./layout.ts";
import { inspectFiles, type MappingRules, missingFiles, outcomeOf } from "./parse.ts";
import { type MappingMistake, type MappingOutcome, mappingProblems, mistakeAt } from "./problems.ts";

/**
 * Reads a company's mapping files from their folder, as far as they are text; `parseMappingSet` says whether
 * they are good. Other files are left alone. A file may be half written while it is read: the caller
 * takes a set when two looks give the same.
 */
export async function readMappingFolder(folder: string): Promise<MappingOutcome<MappingFile[]>> {
  const found = await scanFolder(folder);
  return found.ok ? outcomeOf(found.value.files, found.value.mistakes) : found;
}

/** Reads and parses in one go, so that unreadable files and mistakes in the others are reported together. */
export async function loadMappingFolder(
  folder: string,
  rules: MappingRules,
): Promise<MappingOutcome<MappingSet>> {
  const found = await scanFolder(folder);
  if (!found.ok) return found;
  const { set, mistakes } = inspectFiles(found.value.files, rules);
  return outcomeOf(set, [...found.value.mistakes, ...mistakes]);
}

interface FolderContents {
  readonly files: MappingFile[];
  readonly mistakes: MappingMistake[];
}

async function scanFolder(folder: string): Promise<MappingOutcome<FolderContents>> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    const code = codeOf(error);
    const problem =
      code === "ENOENT"
        ? mappingProblems.mapping_folder_missing(folder)
        : mappingProblems.mapping_folder_unreadable(folder, code);
    return { ok: false, problem };
  }

  const namesOf = (name: string) => names.filter((found) => found.toLowerCase() === name).sort();
  const files: MappingFile[] = [];
  const mistakes = missingFiles(
    MAPPING_LAYOUT.filter(({ name }) => namesOf(name).length > 0).map(({ name }) => name),
    MAPPING_LAYOUT.filter(({ name }) => namesOf(name.replace(".csv", ".xlsx")).length > 0).map(
      ({ name }) => name,
    ),
  );
  for (const { name } of MAPPING_LAYOUT) {
    const found = namesOf(name);
    if (found.length > 1)
      mistakes.push(mistakeAt(wholeFile(name), mappingProblems.mapping_file_twice(found)));
    else if (found[0] !== undefined) {
      const bytes = await readFile(join(folder, found[0])).catch(codeOf);
      if (typeof bytes === "string")
        mistakes.push(mistakeAt(wholeFile(name), mappingProblems.mapping_file_unreadable(bytes)));
      else {
        const mistake = encodingMistake(name, bytes);
        if (mistake) mistakes.push(mistake);
        else files.push(mappingFile(name, bytes));
      }
    }
  }
  return { ok: true, value: { files, mistakes } };
}

/** The text keeps a byte order mark, so that it gives the file's bytes back. */
const mappingFile = (name: MappingFileName, bytes: Buffer): MappingFile => ({
  name,
  sha256: sha256(bytes),
  text: bytes.toString("utf8"),
});

const ZIP_START = Buffer.from("PK\u0003\u0004");
const UTF16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

function encodingMistake(name: MappingFileName, bytes: Buffer): MappingMistake | null {
  if (startsWith(bytes, ZIP_START)) return mistakeAt(wholeFile(name), mappingProblems.mapping_not_csv());
  // Without a mark, plain letters in UTF-16 are UTF-8 with a NUL beside each.
  if (UTF16_MARKS.some((mark) => startsWith(bytes, mark)) || bytes.includes(0))
    return mistakeAt(wholeFile(name), mappingProblems.mapping_utf16());
  if (isUtf8(bytes)) return null;

  let row = 0;
  for (let start = 0; start < bytes.length; ) {
    row += 1;
    const end = bytes.indexOf("\n", start);
    const line = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!isUtf8(line)) {
      const value = iconv.decode(line, "windows-1252").trim();
      return mistakeAt({ file: name, row, column: null, value }, mappingProblems.mapping_encoding(value));
    }
    start += line.length + 1;
  }
  throw new Error(`${name} is not UTF-8, but each of its lines is`);
}

const startsWith = (bytes: Buffer, start: Buffer): boolean => bytes.subarray(0, start.length).equals(start);

const wholeFile = (file: MappingFileName) => ({ file, row: null, column: null, value: null });

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);
