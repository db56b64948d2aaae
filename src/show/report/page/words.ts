import type { EstimateKind, SageKey } from "../../../core/key.ts";
import { formatMoneyForPeople } from "../../../core/money.ts";
import type { DifferenceState } from "../../../core/states.ts";
import { type Html, html, outside } from "../../../html/markup.ts";

/** An amount of the report as people read it. */
export const money = formatMoneyForPeople;
/** `25-1001 / CO-001 / 03-100 / MAT`. */
export const showCode = (
  key: Pick<SageKey, "job" | "extra" | "category"> & { readonly cost_code: string },
): Html =>
  html`${outside([key.job, key.extra, key.cost_code, key.category].filter((part) => part !== "").join(" / "))}`;

/** A file that lies beside the page. */
export const fileLink = (name: string, words = name): Html =>
  html`<a href="${encodeURIComponent(name)}">${words}</a>`;

/** A kind of estimate, of one amount. */
export const KIND_SHORT: Readonly<Record<EstimateKind, string>> = {
  original: "original estimate",
  approved_change: "approved change",
};

/** Recognitions in a word or two. */
export const RECOGNISED = {
  imported_twice: "Imported twice",
  wrong_box: "Imported with the wrong box",
  misposted: "Posted to another code",
} as const;

/** What there is a difference by. */
export const WORDS: Readonly<Record<DifferenceState, string>> = {
  awaiting_posting: "waits for posting",
  overdue: "overdue, still not posted",
  posted: "posted",
  amount_differs: "posted with another amount",
  posted_twice: "posted twice",
  rejected_in_sage: "rejected in Sage",
  no_longer_posted: "no longer posted",
  accepted_difference: "closed by a person",
  unexpected: "entries in Sage that nothing exported explains",
  changed_since_export: "changed in the project system since the export",
  master_total_differs: "totals in Sage that their entries do not add up to",
};
