import { entryNames } from "../import-line.ts";
import { joinKey } from "../key.ts";
import { contentSays, lineSays, saysTheSame } from "../plan/content.ts";
import { documentKey } from "../plan/types.ts";
import type { StagedDocument, StagedLine } from "../staged.ts";
import type { LineFinding } from "./match-lines.ts";

/** One project's part of a reconciliation. */
export interface SettleInput {
  /** All of the project's import lines, with what Sage's entries say of each now. */
  readonly findings: readonly LineFinding[];
  /** The project's documents as staging has them. */
  readonly documents: readonly StagedDocument[];
  /** What each document's lines said when it was last sent, by `documentKey`. */
  readonly sentContents: ReadonlyMap<string, string>;
}

/** What follows from what was found of a project's lines. */
export interface Settlement {
  /** Findings that say something else than what was known. */
  readonly changed: readonly LineFinding[];
  /** Those of them that are tied out for the first time. */
  readonly newlyTied: readonly LineFinding[];
  readonly exported: readonly StagedDocument[];
  /** Exported documents that do not say any more what was exported. */
  readonly changedSinceExport: readonly StagedDocument[];
  /** Exported documents whose every line is settled, and which still say what was exported. */
  readonly toSync: readonly StagedDocument[];
  /** Budgets whose lock outlived what it was for. */
  readonly leftLocked: readonly StagedDocument[];
  /** Documents with lines behind those that are newly tied out. */
  readonly behindNewlyTied: readonly StagedDocument[];
  /** Whether a document, read again, still says what it said when it was last sent. */
  readonly isAsSent: (document: StagedDocument) => boolean;
  /** Ids of a document's lines, as staging holds them, that were seen posted: all but those that a person closed. */
  readonly seenPosted: (document: StagedDocument) => string[];
  /**
   * Ids of a document's lines that the newly tied import lines prove: every import line they are part of is tied out,
   * and staging still says of them what was exported.
   */
  readonly provedBy: (document: StagedDocument) => string[];
}

/** Says what a project's findings prove. Pure. */
export function settlementOf({ findings, documents, sentContents }: SettleInput): Settlement {
  const changed = findings.filter(isNews);
  const newlyTied = changed.filter(({ tracked, state }) => state === "posted" && !tracked.status.tiedOutAt);
  const exported = documents.filter((document) => document.status === "exported");
  const open = documentsOpen(findings);
  const isAsSent = isAsSentBy(sentContents);
  // `erp_synced` of a line means seen posted: a difference that a person closed settles the header alone.
  const onlyAccepted = sourceKeys(
    findings.filter(({ tracked, state }) => state === "accepted_difference" && !tracked.status.tiedOutAt),
  );
  const stillOpen = sourceKeys(findings.filter((finding) => !isTiedOut(finding)));
  const tied = sourceKeys(newlyTied);
  const behind = new Set(newlyTied.flatMap(({ tracked }) => tracked.line.sources.map(documentKey)));
  const idsOf = (document: StagedDocument, which: (key: string, line: StagedLine) => boolean): string[] =>
    document.lines
      .filter((line) => which(joinKey(documentKey(document), line.lineId), line))
      .map((line) => line.rawId);
  return {
    changed,
    newlyTied,
    exported,
    changedSinceExport: exported.filter((document) => !isAsSent(document)),
    toSync: exported.filter((document) => !open.has(documentKey(document)) && isAsSent(document)),
    leftLocked: open.size === 0 && exported.length === 0 ? documents.filter(isLeftLocked) : [],
    behindNewlyTied: documents.filter((document) => behind.has(documentKey(document))),
    isAsSent,
    seenPosted: (document) => idsOf(document, (key) => !onlyAccepted.has(key)),
    provedBy(document) {
      const sent = new Set(contentSays(sentContents.get(documentKey(document)) ?? "[]"));
      return idsOf(document, (key, line) => tied.has(key) && !stillOpen.has(key) && sent.has(lineSays(line)));
    },
  };
}

/**
 * A budget whose lock outlived what it was locked for: the last exported document of its project left that state
 * by other hands, or was accepted again with nothing to send. One that is sent or accepted is locked for that.
 */
const isLeftLocked = ({ document, status, flags }: StagedDocument): boolean =>
  document === "budget" &&
  flags.erpLocked &&
  (status === "synced" || status === "rejected" || status === "retrieved" || status === "not_sent");

/** Whether a document says what it said when it was last sent. */
export const isAsSentBy =
  (sentContents: SettleInput["sentContents"]) =>
  (document: StagedDocument): boolean => {
    const sent = sentContents.get(documentKey(document));
    return sent !== undefined && saysTheSame(document, sent);
  };

const isNews = (finding: LineFinding): boolean => {
  const { tracked, state, postedCents, ambiguous } = finding;
  const { status } = tracked;
  return (
    state !== status.state ||
    postedCents !== status.postedCents ||
    ambiguous !== status.ambiguous ||
    (!finding.isAsLastSeen && entryNames(finding.entries) !== tracked.entries)
  );
};

/** Tied out now or at any time before, or closed by a person. */
const isSettled = (finding: LineFinding): boolean =>
  isTiedOut(finding) || finding.state === "accepted_difference";

const isTiedOut = ({ tracked, state }: LineFinding): boolean =>
  tracked.status.tiedOutAt !== null || state === "posted";

/** The staging lines behind some import lines, each with its document. */
const sourceKeys = (findings: readonly LineFinding[]): ReadonlySet<string> =>
  new Set(
    findings.flatMap(({ tracked }) =>
      tracked.line.sources.map((source) => joinKey(documentKey(source), source.stagingLineId ?? "")),
    ),
  );

/** The documents with lines that are not settled, by `documentKey`. */
const documentsOpen = (findings: readonly LineFinding[]): ReadonlySet<string> =>
  new Set(
    findings
      .filter((finding) => !isSettled(finding))
      .flatMap(({ tracked }) => tracked.line.sources.map(documentKey)),
  );
