import type { SageConfig } from "../config/schema.ts";
import type { Context } from "../context.ts";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import type { Db } from "../db/db.ts";
import { DatabaseUnavailable } from "../db/failures.ts";
import { openDatabase } from "../db/open.ts";
import { sageProblems } from "./problems.ts";
import type { SageSource } from "./tables.ts";

/**
 * Opens a company's copy of Sage, for reading only. The caller closes its `db`.
 * @returns `sage_unavailable` where that cannot be done
 */
export async function openSageCopy(
  config: SageConfig,
  { log, signal }: Pick<Context, "log" | "signal">,
): Promise<Outcome<SageSource>> {
  let db: Db;
  try {
    db = await openDatabase(config, { readonly: true, log, signal });
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    return fail(sageProblems.sage_unavailable(error.message));
  }
  const filter = config.row_filter ?? null;
  if (config.client === "sqlite") return ok({ db, schema: null, company: null, filter });
  const { company_column, company_value } = config;
  return ok({
    db,
    schema: config.schema,
    company:
      company_column !== undefined && company_value !== undefined
        ? { column: company_column, value: company_value }
        : null,
    filter,
  });
}
