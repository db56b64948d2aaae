import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readJce } from "../outbox/read-jce.ts";
import type { ImportReport, PostedEntry } from "./sage/simulator.ts";
import type { DemoSite } from "./site.ts";

// What an accountant does with a batch in Sage. The folders are read as any person would read them.

const CHANGES = "-2-approved-changes.jce";

interface Imported {
  readonly fileName: string;
  /** Whether "Import as an Approved Estimate Change" was ticked, as the cover sheet says. */
  readonly isChange: boolean;
  readonly report: ImportReport;
}

/** The import files of a batch, in the order of the cover sheet. */
export const importFilesOf = async ({ context, folder }: DemoSite, batchId: string): Promise<string[]> =>
  (await context.files.list(join(folder, "outbox", "ACME", batchId))).filter((name) => name.endsWith(".jce"));

/** Imports all files of a batch; posts nothing. */
export async function importBatch(site: DemoSite, batchId: string): Promise<Imported[]> {
  const imported: Imported[] = [];
  for (const name of await importFilesOf(site, batchId)) imported.push(await importFile(site, batchId, name));
  return imported;
}

export async function importFile(
  { context, folder, sage }: DemoSite,
  batchId: string,
  fileName: string,
): Promise<Imported> {
  const isChange = fileName.endsWith(CHANGES);
  const bytes = await context.files.read(join(folder, "outbox", "ACME", batchId, fileName));
  const report = await sage.importFile({
    ...{ fileName, bytes, asApprovedChange: isChange, allowCostCodeCreation: false },
  });
  return { fileName, isChange, report };
}

const rejectsFolder = ({ folder }: DemoSite) => join(folder, "rejects", "ACME");

/** Drops what Sage rejected into the company's folder for that. */
export async function keepRejects(site: DemoSite, name: string, bytes: Uint8Array): Promise<void> {
  await writeFile(join(rejectsFolder(site), name), bytes);
}

/** Imports a reject file of original estimates as a file of its own, once its records are put right. */
export async function importRejects(site: DemoSite, name: string): Promise<ImportReport> {
  const bytes = await site.context.files.read(join(rejectsFolder(site), name));
  return site.sage.importFile({
    ...{ fileName: name, bytes, asApprovedChange: false, allowCostCodeCreation: false },
  });
}

/** Enters and posts the opposite of every line of an import file. */
export async function takeBack(
  { context, folder, sage }: DemoSite,
  batchId: string,
  fileName: string,
): Promise<PostedEntry[]> {
  const bytes = await context.files.read(join(folder, "outbox", "ACME", batchId, fileName));
  const file = readJce(bytes, { encoding: "windows-1252", extraField: 13 });
  if (!file.ok) throw new Error(file.problem.message);
  const kind = fileName.endsWith(CHANGES) ? "approved_change" : "original";
  const posted: PostedEntry[] = [];
  for (const { job, extra, costCode, category, cents } of file.value.lines)
    posted.push(await sage.enter({ job, extra, costCode, category, kind, cents: -cents }));
  return posted;
}
