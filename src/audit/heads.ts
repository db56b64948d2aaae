import { join } from "node:path";
import type { CompanyConfig } from "../config/schema.ts";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import type { Files } from "../files.ts";
import type { KnownHead } from "./finding.ts";
import { auditProblems } from "./problems.ts";

const HASH = /^[0-9a-f]{64}$/;

/** How a report in JSON begins: with its schema, then its company, and its head before anything that is long. */
const REPORT = /^\{\s*"schema": "tieout\/report@1",\s*("company": "[^"]*"),[^{[]*?\s("audit_head": "[^"]*"),/;

/** The heads that a company's batch folders, reports and runs' records carry. A file that has none is passed over. */
export async function headsOfFolders(files: Files, company: CompanyConfig): Promise<KnownHead[]> {
  const candidates: string[] = [];
  for (const name of await files.list(company.outbox))
    if (name.startsWith(`${company.id}-`))
      candidates.push(join(company.outbox, name, `${name}-manifest.json`));
  for (const folder of company.reports ? await foldersOfReports(files, company.reports) : [])
    for (const name of await files.list(folder))
      if (name.endsWith(".json")) candidates.push(join(folder, name));

  const heads: KnownHead[] = [];
  for (const file of candidates) {
    const text = await readText(files, file);
    // Companies may share a folder of reports.
    for (const head of text === null ? [] : headsIn(text))
      if (head.company === company.id) heads.push({ hash: head.hash, source: file });
  }
  return heads;
}

/** Reports lie in the folder itself, runs' records in a folder for each month. */
async function foldersOfReports(files: Files, reports: string): Promise<string[]> {
  const runs = join(reports, "runs");
  const months = (await files.list(runs)).filter((name) => /^\d{4}-\d{2}$/.test(name));
  return [reports, ...months.map((month) => join(runs, month))];
}

/**
 * The heads of the files that somebody names, by company. A file with more than one line may be an `audit export`:
 * its last event of each company is a head.
 * @param only the one company that is looked at, for files that do not say whose they are
 */
export async function headsOfFiles(
  files: Files,
  names: readonly string[],
  only: string | null,
): Promise<Outcome<Map<string, KnownHead[]>>> {
  const heads = new Map<string, KnownHead[]>();
  for (const source of names) {
    const text = await readText(files, source);
    if (text === null) return fail(auditProblems.head_file_unusable(source, "it cannot be read"));
    const found = headsIn(text);
    if (found.length === 0)
      return fail(auditProblems.head_file_unusable(source, "it has no audit_head and no event"));
    for (const { hash, company } of found) {
      const owner = company ?? only;
      if (owner === null) return fail(auditProblems.head_of_which_company(source));
      heads.set(owner, [...(heads.get(owner) ?? []), { hash, source }]);
    }
  }
  return ok(heads);
}

/** A hash that somebody gives by hand. */
export const headGiven = (hash: string): Outcome<KnownHead> =>
  HASH.test(hash) ? ok({ hash, source: "--head" }) : fail(auditProblems.head_invalid(hash));

/** A report may be larger than a text can be: of one the beginning is read, which has its head. */
async function readText(files: Files, file: string): Promise<string | null> {
  try {
    const beginning = Buffer.from(await files.readBeginning(file, 4_096)).toString("utf8");
    const head = REPORT.exec(beginning);
    if (head) return `{${head[1]}, ${head[2]}}`;
    return Buffer.from(await files.read(file)).toString("utf8");
  } catch {
    return null;
  }
}

interface FoundHead {
  readonly hash: string;
  readonly company: string | null;
}

/** In a document: the head of the company, or of each of its `companies`. In lines of events: the last of each company. */
function headsIn(text: string): FoundHead[] {
  const whole = parse(text);
  if (whole !== null) {
    const { companies } = whole;
    const parts = Array.isArray(companies) ? companies.map(asRecord) : [];
    return [whole, ...parts].flatMap((part) => headOf(part, "audit_head") ?? headOf(part, "hash") ?? []);
  }
  const ends = new Map<string, FoundHead>();
  for (const line of text.split("\n")) {
    const head = headOf(parse(line), "hash");
    if (head) ends.set(head.company ?? "", head);
  }
  return [...ends.values()];
}

function headOf(document: Json | null, key: string): FoundHead | null {
  const hash = document?.[key];
  if (typeof hash !== "string" || !HASH.test(hash)) return null;
  const company = document?.company;
  return { hash, company: typeof company === "string" ? company : null };
}

type Json = Readonly<Record<string, unknown>>;

const asRecord = (value: unknown): Json | null =>
  typeof value === "object" && value !== null ? (value as Json) : null;

function parse(text: string): Json | null {
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return null;
  }
}
