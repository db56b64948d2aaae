import type { EstimateKind } from "../../core/key.ts";
import { centsOf, formatMoneyForPeople } from "../../core/money.ts";
import type { Cause } from "../../core/plan/types.ts";
import type { DocumentType } from "../../core/staged.ts";
import type { CompanyResult } from "../../run/company-result.ts";
import type { CopyResult } from "../../run/copy.ts";
import { type Block, type Column, wrap, wrapLines } from "./table.ts";

// What the texts of several commands have in common.

export const KIND_WORDS: Readonly<Record<EstimateKind, string>> = {
  original: "Original estimates",
  approved_change: "Approved changes",
};

/** Why an amount differs from what was sent before. */
export const CAUSE_WORDS: Readonly<Record<Cause, string>> = {
  new: "new",
  changed: "changed",
  recoded: "moved: the budget has another code for the line",
  moved_by_mapping: "moved: the mapping leads elsewhere now",
  gone: "gone from the budget",
};

/** An amount of a result as people read it: `-1,234.50`. */
export const money = (amount: string): string => formatMoneyForPeople(centsOf(amount));

const DOCUMENT_WORDS: Readonly<Record<DocumentType, string>> = {
  budget: "Budget",
  modification: "Modification",
};

/** `Budget`, `Modification 003`. */
export const documentName = (document: DocumentType, number: string): string =>
  `${DOCUMENT_WORDS[document]} ${number}`.trimEnd();

/** `budget B-1`, in the middle of a sentence. */
export const documentInSentence = (document: DocumentType, number: string): string =>
  `${document} ${number}`.trimEnd();

/** `2026-11-22 18:04 UTC` of a moment as results have it. */
export const moment = (timestamp: string): string =>
  timestamp.replace(/^(\S{10})T(\S{5}):\S*Z$/, "$1 $2 UTC");

/** The company's name, what stopped it, and what else should be known. */
export const companyHead = ({ company, copy, error, notices }: CompanyResult): Block => [
  ...companyTitle(company),
  ...(error
    ? [
        ...wrapLines(`Failed: ${error.message} [${error.name}]`, 2),
        ...(error.hint ? error.hint.split("\n").flatMap((hint) => wrap(`→ ${hint}`, 4, 6)) : []),
      ]
    : []),
  ...(copy ? wrap(copyAge(copy), 2, 4) : []),
  ...notices.flatMap((notice) => wrapLines(`Note: ${notice}`, 2)),
];

/** Which state of Sage a run saw. */
export const copyAge = ({ as_of, highest_run }: CopyResult): string =>
  as_of === null
    ? `No entry in Sage's copy has a stamp, so its age is not known (highest run of an estimate: ${highest_run ?? "none"}).`
    : `Sage's copy: newest entry of ${as_of.replace("T", " ")}, highest run of an estimate: ${highest_run ?? "none"}.`;

export const companyTitle = (company: string): Block => wrap(`Company ${company}`);

/** What a command says that has no company to tell of. */
export const NO_COMPANY: Block = ["There is no company to tell of."];

/** Documents that an export makes synced although nothing of them goes to Sage. */
export const nothingToSend = (
  documents: readonly string[],
  whatBecomes: "are marked as synced" | "will be marked as synced",
): Block =>
  documents.length === 0
    ? []
    : [
        ...wrap(`Nothing to send, every difference is 0.00; these documents ${whatBecomes}:`),
        ...documents.flatMap((document) => wrap(document, 2)),
      ];

interface Key {
  readonly extra: string;
  readonly cost_code: string;
  readonly category: string;
}

/** The columns of a key within its job; that of the extra only if one has it. */
export const keyColumns = <Row extends Key>(rows: readonly Row[]): Column<Row>[] => [
  ...(rows.some((row) => row.extra !== "") ? [{ title: "Extra", value: (row: Row) => row.extra }] : []),
  { title: "Cost code", value: (row) => row.cost_code },
  { title: "Cat.", value: (row) => row.category },
];
