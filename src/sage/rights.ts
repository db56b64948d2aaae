import { bracketed } from "../db/quote.ts";

/** Statements that give a user what is read of a copy of Sage, and nothing more (SQL Server). */
export const sageGrants = (schema: string, tables: readonly string[], user: string): string[] =>
  tables.map((table) => `grant select on ${bracketed(schema)}.${bracketed(table)} to ${bracketed(user)};`);
