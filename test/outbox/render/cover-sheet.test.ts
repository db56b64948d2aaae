import { describe, expect, it } from "vitest";
import type { BatchRecord } from "../../../src/core/import-line.ts";
import { renderCoverSheet } from "../../../src/outbox/render/cover-sheet.ts";
import { clinic, line, record } from "./sample.ts";

const pageOf = (batch: BatchRecord): string => Buffer.from(renderCoverSheet(batch)).toString("utf8");
/** The words of a page as a reader sees them, blanks collapsed. */
const wordsOf = (batch: BatchRecord): string =>
  pageOf(batch)
    .replace(/<style>.*<\/style>/s, "")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&gt;", ">")
    .replace(/\s+/g, " ");

describe("the cover sheet", () => {
  it("leads through both imports, each with its box and its totals, and then to posting", () => {
    const words = wordsOf(clinic());
    const inOrder = [
      "ACME-000123",
      "25-1001 Main Street Clinic",
      "2 files: original estimates, then approved estimate changes",
      "Transaction date 01/15/2026",
      "Written 11/22/2026 18:04 UTC",
      "Import each file once, and only once.",
      "Job Cost > Tools > Import > Estimates",
      "ACME-000123-1-original.jce",
      "☐ Import as an Approved Estimate Change must NOT be ticked",
      "Estimate Import Report",
      "25-1001 Main Street Clinic 2 27,850.00 Whole file 2 27,850.00",
      "New extras that this import creates in Sage",
      "25-1001 CO-001 Added canopy",
      "☐ Imported ☐ Report compared Name Date",
      "ACME-000123-2-approved-changes.jce",
      "☑ Import as an Approved Estimate Change must be TICKED",
      "Whole file 1 -123.45",
      "Job Cost > Tasks > Post Entries",
      "☐ Posted Name Date",
      "If Sage rejects records",
      "25-1001 Main Street Clinic 25-1001 27,850.00 -123.45",
      "1 key (job, extra, cost code, category) came to 0.00 and is left out",
    ];
    const places = inOrder.map((part, i) =>
      words.indexOf(part, i === 0 ? 0 : words.indexOf(inOrder[i - 1] ?? "")),
    );
    expect(inOrder.filter((_, i) => places[i] === -1)).toEqual([]);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("names a new extra in the step that creates it, not again in the next", () => {
    expect(wordsOf(clinic()).match(/New extras/g)).toHaveLength(1);
  });

  it("shows a new extra's description as Sage will get it", () => {
    const extraDescription = "Canopy → main entrance, north side";
    const words = wordsOf(record([line({ key: { extra: "CO-001" }, extraIsNew: true, extraDescription })]));
    expect(words).toContain("CO-001 Canopy ? main entrance, north ☐");
  });

  it("says so if there is one kind of file only, and has that step only", () => {
    const originals = wordsOf(record([line()]));
    expect(originals).toContain("1 file: original estimates only");
    expect(originals).not.toContain("approved-changes.jce");
    expect(originals).not.toContain("☑");
    const changes = wordsOf(record([line({ kind: "approved_change" })]));
    expect(changes).toContain("1 file: approved estimate changes only");
    expect(changes).toContain("☑ Import as an Approved Estimate Change must be TICKED");
    expect(changes).not.toContain("original.jce");
  });

  it("sends nobody to Sage with a batch that has no file", () => {
    const words = wordsOf(record([line({ cents: 0n, inFile: false })]));
    expect(words).toContain("Nothing to import");
    expect(words).not.toContain("Job Cost > Tools");
  });

  it("totals each job and the whole, and each project", () => {
    const words = wordsOf(
      record([
        line({ cents: 123_456_789n }),
        line({ key: { job: "25-1002" }, projectNumber: "P2", projectName: "Two", cents: -100n }),
      ]),
    );
    expect(words).toContain("Whole file 2 1,234,566.89");
    expect(words).toContain("P2 Two 25-1002 -1.00 0.00 Total 1,234,566.89 0.00");
  });

  it("escapes every text from outside, and keeps its direction to itself", () => {
    const hostile = `<script>alert("1")</script>&'`;
    const page = pageOf(
      record(
        [
          line({
            projectNumber: hostile,
            projectName: hostile,
            jobDescription: hostile,
            extraDescription: hostile,
            extraIsNew: true,
            key: { job: hostile, extra: hostile },
          }),
        ],
        { batchId: hostile, company: hostile, toolVersion: hostile },
      ),
    );
    expect(page).not.toMatch(/<script|alert\("/);
    expect(page.split("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;").length).toBeGreaterThan(
      10,
    );
    expect(page).toContain("<td><bdi>&lt;script&gt;");
  });

  it("needs nothing but itself", () => {
    expect(pageOf(clinic())).not.toMatch(/<script|<link|src=|href=|url\(|@import/);
  });
});
