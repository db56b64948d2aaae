import { createHash } from "node:crypto";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import type { BatchRecord } from "../../../src/core/import-line.ts";
import { manifestOf, renderBatch } from "../../../src/outbox/render/render.ts";
import { clinic, line, record, source } from "./sample.ts";

const textOf = (batch: BatchRecord, suffix: string): string =>
  Buffer.from(renderBatch(batch).find((file) => file.name.endsWith(suffix))?.bytes ?? []).toString("utf8");
const namesOf = (batch: BatchRecord): string[] => renderBatch(batch).map((file) => file.name);

describe("a batch's folder", () => {
  it("has the files to import first, then what goes with them", () => {
    expect(namesOf(clinic())).toEqual([
      "ACME-000123-1-original.jce",
      "ACME-000123-2-approved-changes.jce",
      "ACME-000123-cover-sheet.html",
      "ACME-000123-trace.csv",
      "ACME-000123-manifest.json",
    ]);
  });

  it("has no file for a kind without lines to write", () => {
    expect(namesOf(record([line({ kind: "approved_change" })])).slice(0, 2)).toEqual([
      "ACME-000123-2-approved-changes.jce",
      "ACME-000123-cover-sheet.html",
    ]);
    expect(namesOf(record([line({ cents: 0n, inFile: false })]))).toHaveLength(3);
  });

  it("is the same bytes each time", () => {
    expect(renderBatch(clinic())).toEqual(renderBatch(structuredClone(clinic())));
  });
});

describe("the manifest", () => {
  it("has the keys, the order and the layout that others read", () => {
    const files = renderBatch(clinic());
    const digest = (suffix: string) => {
      const { name, bytes } = files.find((file) => file.name.endsWith(suffix)) ?? { name: "", bytes: "" };
      return { name, sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length };
    };
    const [original, changes] = [digest("original.jce"), digest("changes.jce")];
    const expected = {
      schema: "tieout/manifest@1",
      batch_id: "ACME-000123",
      company: "ACME",
      created_at: "2026-11-22T18:04:05Z",
      tool_version: "0.1.0",
      mapping_sha256: "ab".repeat(32),
      transaction_date: "2026-01-15",
      previous_manifest_sha256: null,
      audit_head: "cd".repeat(32),
      files: [
        {
          name: original.name,
          kind: "original",
          sha256: original.sha256,
          bytes: original.bytes,
          jobs: 1,
          extras: 1,
          lines: 2,
          amount_total: "27850.00",
        },
        {
          name: changes.name,
          kind: "approved_change",
          sha256: changes.sha256,
          bytes: changes.bytes,
          jobs: 1,
          extras: 1,
          lines: 1,
          amount_total: "-123.45",
        },
      ],
      projects: [
        { project_number: "25-1001", job: "25-1001", original: "27850.00", approved_changes: "-123.45" },
      ],
      documents: [digest("cover-sheet.html"), digest("trace.csv")],
    };
    expect(textOf(clinic(), "manifest.json")).toBe(`${JSON.stringify(expected, null, 2)}\n`);
    expect(manifestOf(clinic(), files.slice(0, -1))).toEqual(expected);
  });

  it("counts jobs and new extras per job, and lists projects by number and job", () => {
    const on = (projectNumber: string, job: string, costCode: string, cents: bigint) =>
      line({ projectNumber, key: { job, extra: "PH1", costCode }, extraIsNew: true, cents });
    const lines = [
      on("B", "2", "01", 1n),
      on("A", "3", "01", 2n),
      on("A", "1", "01", 4n),
      on("A", "1", "02", 8n),
    ];
    const manifest = JSON.parse(textOf(record(lines), "manifest.json"));
    expect(manifest.files[0]).toMatchObject({ jobs: 3, extras: 3, lines: 4, amount_total: "0.15" });
    expect(manifest.projects).toEqual([
      { project_number: "A", job: "1", original: "0.12", approved_changes: "0.00" },
      { project_number: "A", job: "3", original: "0.02", approved_changes: "0.00" },
      { project_number: "B", job: "2", original: "0.01", approved_changes: "0.00" },
    ]);
  });

  it("is not made for a folder that lacks an import file", () => {
    expect(() => manifestOf(clinic(), [])).toThrow("ACME-000123-1-original.jce was not rendered");
  });
});

describe("the trace", () => {
  const rowsOf = (batch: BatchRecord): Record<string, string>[] =>
    parse(textOf(batch, "trace.csv"), { columns: true });

  it("has one row for every import line and source", () => {
    const rows = rowsOf(clinic());
    expect(
      rows.map((row) => [row.line_no, row.file, row.document_number, row.staging_line_id, row.amount]),
    ).toEqual([
      ["1", "ACME-000123-1-original.jce", "", "bl-1", "18250.00"],
      ["2", "ACME-000123-1-original.jce", "", "bl-1", "9600.00"],
      ["3", "", "", "bl-1", "0.00"],
      ["4", "ACME-000123-2-approved-changes.jce", "7", "ml-1", "-200.00"],
      ["4", "ACME-000123-2-approved-changes.jce", "8", "", "76.55"],
    ]);
    expect(rows[4]).toEqual({
      batch_id: "ACME-000123",
      line_no: "4",
      file: "ACME-000123-2-approved-changes.jce",
      kind: "approved_change",
      project_number: "25-1001",
      job: "25-1001",
      extra: "CO-001",
      cost_code: "03-100",
      category: "M",
      line_amount: "-123.45",
      document: "modification",
      document_number: "8",
      document_id: "m-2",
      staging_line_id: "",
      amount: "76.55",
      cause: "accepted",
      accepted_by: "Pat Approver",
      accepted_at: "2026-11-22T17:00:00Z",
      mapping_rows: "jobs.csv:2; cost-codes.csv:14",
    });
  });

  it("disarms formulas in texts and leaves amounts alone", () => {
    const hostile = source({
      acceptedBy: '=HYPERLINK("http://x","y")',
      number: "-7",
      cause: "@x",
      cents: -5n,
    });
    const [row] = rowsOf(
      record([line({ cents: -5n, sources: [hostile], projectNumber: "\t=1", key: { extra: "+1" } })]),
    );
    expect(row).toMatchObject({
      accepted_by: `'=HYPERLINK("http://x","y")`,
      document_number: "'-7",
      cause: "'@x",
      extra: "'+1",
      project_number: "'\t=1",
      amount: "-0.05",
      line_amount: "-0.05",
    });
  });

  it("ends its rows with CRLF and has no byte order mark", () => {
    const text = textOf(clinic(), "trace.csv");
    expect(text.startsWith("batch_id,line_no,file,kind,")).toBe(true);
    expect(text.match(/\r\n/g)).toHaveLength(6);
    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });
});
