/** Mapping rows as the journal keeps them: `jobs.csv:2; cost-codes.csv:14; same_code` takes its space on every line. */
const LETTERS = { jobs: "j", extras: "x", "cost-codes": "c", categories: "t" } as const;
const FILES = new Map(Object.entries(LETTERS).map(([file, letter]) => [letter as string, file]));
const SAME_CODE = "=";

/** A row as a letter for its file, a capital one for a workbook, and its number; what is none of these as it stands. */
function encode(row: string): string {
  if (row === "same_code") return SAME_CODE;
  const [, file, kind, number = ""] =
    /^(jobs|extras|cost-codes|categories)\.(csv|xlsx):(\d+)$/.exec(row) ?? [];
  if (!file) return `"${row}`;
  const letter = LETTERS[file as keyof typeof LETTERS];
  return `${kind === "csv" ? letter : letter.toUpperCase()}${number}`;
}

function decode(code: string): string {
  if (code === SAME_CODE) return "same_code";
  if (code.startsWith('"')) return code.slice(1);
  const [letter = ""] = code;
  const file = FILES.get(letter.toLowerCase());
  return `${file}.${letter === letter.toLowerCase() ? "csv" : "xlsx"}:${code.slice(1)}`;
}

/** Neither file names nor row numbers hold it. */
const SEPARATOR = ";";

export const encodeMappingRows = (rows: readonly string[]): string => rows.map(encode).join(SEPARATOR);
export const decodeMappingRows = (text: string): string[] =>
  text === "" ? [] : text.split(SEPARATOR).map(decode);
