import { expect, it } from "vitest";
import type { BatchResult, BatchSummary } from "../../../src/run/look/batches.ts";
import { batchesText, batchText } from "../../../src/show/text/batches.ts";
import { widthOf } from "../../../src/show/text/characters.ts";
import { lines } from "./support.ts";

const summary: BatchSummary = {
  batch_id: "ACME-000123",
  state: "written",
  created_at: "2026-11-22T18:04:05Z",
  transaction_date: "2026-11-22",
  projects: ["25-1001"],
  lines: 3,
  original: "27850.00",
  approved_changes: "-50.00",
  tied_out: 2,
  states: { posted: 2, overdue: 1 },
};

const line: BatchResult["import_lines"][number] = {
  line_no: 1,
  kind: "original",
  project_number: "25-1001",
  job: "25-1001",
  extra: "",
  cost_code: "03-100",
  category: "L",
  amount: "27850.00",
  in_file: true,
  state: "posted",
  posted: "27850.00",
  ambiguous: false,
  tied_out_at: null,
  sources: [],
  postings: [
    { run: "12", sequence: "3", amount: "27000.00" },
    { run: "12", sequence: "4", amount: "850.00" },
  ],
};
const SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const batch = (changes: Partial<BatchResult> = {}): string =>
  batchText({
    ...summary,
    company: "ACME",
    folder: "/outbox/ACME/ACME-000123",
    written_at: "2026-11-22T18:04:06Z",
    manifest_sha256: SHA256,
    import_lines: [line],
    ...changes,
  });

it("lists every batch with its totals, projects and how far its lines are", () => {
  const begun: BatchSummary = {
    ...summary,
    batch_id: "ACME-000124",
    state: "claimed",
    projects: ["25-1001", "25-1002"],
    tied_out: 0,
    states: {},
  };
  expect(batchesText({ companies: [{ company: "ACME", batches: [summary, begun] }] })).toBe(
    lines(
      "Company ACME",
      "  Batch        Created      Original  Changes  Tied out",
      "  ACME-000123  2026-11-22  27,850.00   -50.00    2 of 3",
      "      project 25-1001",
      "      written: 1 overdue, 2 posted",
      "  ACME-000124  2026-11-22  27,850.00   -50.00    0 of 3",
      "      projects 25-1001, 25-1002",
      "      begun, not written yet; the next export finishes it",
    ),
  );
});

it("says so where a company has no batch, and where there is no company", () => {
  expect(batchesText({ companies: [{ company: "ACME", batches: [] }] })).toBe(
    lines("Company ACME", "  No batch has been written yet."),
  );
  expect(batchesText({ companies: [] })).toBe("There is no company to tell of.\n");
});

it("shows one batch with its facts, lines and postings", () => {
  const change = {
    ...line,
    line_no: 2,
    kind: "approved_change",
    extra: "PH1",
    amount: "-50.00",
    posted: "0.00",
    state: "overdue",
    postings: [],
  } as const;
  expect(batch({ import_lines: [line, change] })).toBe(
    lines(
      "Batch ACME-000123",
      "  Company             ACME",
      "  State               written: 1 overdue, 2 posted",
      "  Created             2026-11-22 18:04 UTC",
      "  Written             2026-11-22 18:04 UTC",
      "  Transaction date    2026-11-22",
      "  Projects            25-1001",
      "  Original estimates  27,850.00",
      "  Approved changes    -50.00",
      "  Lines tied out      2 of 3",
      "  Folder              /outbox/ACME/ACME-000123",
      "  SHA-256 of the manifest",
      `    ${SHA256}`,
      "",
      "Project 25-1001, job 25-1001, original estimates",
      "  Line  Cost code  Cat.     Amount     Posted  State",
      "     1  03-100     L     27,850.00  27,850.00  posted",
      "        run 12, sequence 3: 27,000.00; run 12, sequence 4: 850.00",
      "",
      "Project 25-1001, job 25-1001, approved changes",
      "  Line  Extra  Cost code  Cat.  Amount  Posted  State",
      "     2  PH1    03-100     L     -50.00    0.00  overdue",
      "",
      "With --json, each line names the budget lines behind it.",
    ),
  );
});

it("says of a batch that was only begun that it is not written", () => {
  const text = batch({ state: "claimed", written_at: null, manifest_sha256: null, states: {} });
  expect(text).toContain("  State               begun, not written yet; the next export finishes it\n");
  expect(text).toContain("  Written             not yet\n");
  expect(text).not.toContain("SHA-256");
});

it("tells a line that came to 0.00 from one that was posted, and points out a choice", () => {
  const text = batch({
    import_lines: [
      { ...line, amount: "0.00", posted: "0.00", in_file: false, postings: [] },
      { ...line, line_no: 2, ambiguous: true },
    ],
  });
  expect(text).toContain("0.00  not in the file\n");
  expect(text).toContain("27,850.00  posted\n");
  expect(text).toContain("        The entries could be told apart in more than one way.\n");
});

it("says so where a batch has no lines", () => {
  expect(batch({ import_lines: [] })).toContain("\nIt has no lines.\n");
});

it("wraps many projects and postings within 80 columns", () => {
  const projects = Array.from({ length: 30 }, (_, i) => `25-${1000 + i}`);
  const postings = Array.from({ length: 9 }, (_, i) => ({ run: "12", sequence: String(i), amount: "1.00" }));
  const text =
    batch({ projects, import_lines: [{ ...line, postings }] }) +
    batchesText({ companies: [{ company: "ACME", batches: [{ ...summary, projects }] }] });
  for (const each of text.split("\n")) expect(widthOf(each)).toBeLessThanOrEqual(80);
});
