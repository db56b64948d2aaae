import { fail, type Outcome, ok } from "../core/outcome.ts";
import { type Files, writeWhole } from "../files.ts";
import { cliProblems } from "./problems.ts";

/** Writes a page to where somebody wants it, complete or not at all, over an earlier one of the name. */
export async function writePage(files: Files, path: string, page: string): Promise<Outcome<void>> {
  try {
    await writeWhole(files, path, Buffer.from(page, "utf8"));
    return ok(undefined);
  } catch (error) {
    return fail(cliProblems.page_not_written(path, error instanceof Error ? error.message : String(error)));
  }
}
