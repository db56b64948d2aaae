import type { SageKey } from "../core/key.ts";
import type { Row } from "../db/db.ts";
import { text } from "../db/values.ts";

/** The columns of a key in Sage, as every table of the journal has them; `keyFields` gives their values. */
export const KEY_COLUMNS = { job: "text", extra: "text", cost_code: "text", category: "text" } as const;
export const KEY_COLUMN_NAMES = ["job", "extra", "cost_code", "category"] as const;

/** The columns of an entry of Sage. `distribution` is empty: entries under one number count as one. */
export const ENTRY_COLUMNS = {
  job: "text",
  run: "cents",
  sequence: "cents",
  distribution: "text",
} as const;

export const readKey = (row: Row): SageKey => ({
  job: text(row, "job"),
  extra: text(row, "extra"),
  costCode: text(row, "cost_code"),
  category: text(row, "category"),
});
