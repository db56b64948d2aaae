import type { SageConfig } from "../config/schema.ts";
import type { Context } from "../context.ts";
import { openDatabase } from "../db/open.ts";
import type { SageSource } from "./tables.ts";

/** Opens a company's copy of Sage, for reading only. The caller closes its `db`. */
export async function openSageCopy(
  config: SageConfig,
  { log, signal }: Pick<Context, "log" | "signal">,
): Promise<SageSource> {
  const db = await openDatabase(config, { readonly: true, log, signal });
  if (config.client === "sqlite") return { db, schema: null, company: null };
  const { company_column, company_value } = config;
  return {
    db,
    schema: config.schema,
    company:
      company_column !== undefined && company_value !== undefined
        ? { column: company_column, value: company_value }
        : null,
  };
}
