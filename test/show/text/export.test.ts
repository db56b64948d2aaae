import { expect, it } from "vitest";
import type { CompanyExport } from "../../../src/run/export/export.ts";
import { exportText } from "../../../src/show/text/export.ts";
import { fine, lines, unmappedCostCode } from "./support.ts";

const nothing: CompanyExport = { ...fine, batches: [], nothing_to_send: [], holds: [] };
const exported = (...companies: readonly Partial<CompanyExport>[]) =>
  exportText({
    run_id: "r",
    companies: companies.map((company) => ({ ...nothing, ...company })),
    unassigned: [],
  });
const file = {
  name: "ACME-000123-1-original.jce",
  kind: "original",
  sha256: "",
  bytes: 1234,
  jobs: 1,
  extras: 0,
  lines: 1200,
  amount_total: "27850.00",
} as const;

it("names each batch written, its files, their lines and totals, and what comes next", () => {
  expect(exported({ batches: [{ batch_id: "ACME-000123", recovered: false, files: [file] }] })).toBe(
    lines(
      "Company ACME",
      "",
      "Batch ACME-000123 is written.",
      "  Import file                 Jobs  Lines     Amount",
      "  ACME-000123-1-original.jce     1  1,200  27,850.00",
      "",
      "Next: import each file in Sage once, then post the entries; the cover sheet in",
      "  the batch's folder says how.",
    ),
  );
});

it("says of a recovered batch that an earlier run began it", () => {
  const text = exported({ batches: [{ batch_id: "ACME-000122", recovered: true, files: [file] }] });
  expect(text).toContain("Batch ACME-000122 is written now: an earlier run began it");
  expect(text).toContain("(recovered)");
});

it("says of a batch without files that there is nothing to import", () => {
  const text = exported({ batches: [{ batch_id: "ACME-000122", recovered: false, files: [] }] });
  expect(text).toContain("  It has no import file, since every amount came to 0.00.\n");
  expect(text).not.toContain("Next:");
});

it("says in a sentence that there was nothing to do", () => {
  expect(exported({})).toBe(
    lines("Company ACME", "  Nothing to export: no accepted budget or modification is waiting."),
  );
  expect(exported()).toBe("There is no company to tell of.\n");
});

it("tells apart nothing waiting from everything held or without a difference", () => {
  const held = exported({ holds: [unmappedCostCode("L-1")] });
  expect(held).toContain("  No batch was written.\n\nHeld\n\n  Project 25-1001\n");
  expect(exported({ nothing_to_send: ["M-8"] })).toContain("these documents are marked as synced:\n  M-8\n");
});

it("shows one company's failure beside another's batches", () => {
  const text = exported(
    { error: { name: "lease_held", message: "Company ACME is being worked on elsewhere." } },
    { company: "BETA", batches: [{ batch_id: "BETA-000001", recovered: false, files: [file] }] },
  );
  expect(text).toContain(
    "Company ACME\n  Failed: Company ACME is being worked on elsewhere. [lease_held]\n\nCompany BETA\n",
  );
  expect(text).toContain("Batch BETA-000001 is written.\n");
});

it("shows holds that belong to no company", () => {
  const orphan = unmappedCostCode("L-9", { project_id: "", project_number: "" });
  const text = exportText({ run_id: "r", companies: [], unassigned: [orphan] });
  expect(text).toContain("Belongs to no company\n\n  No project\n    Budget B-1\n");
});
