import { expect, it } from "vitest";
import { moneyJson } from "../../../src/core/money-json.ts";
import { partFromJson, type TieOut, tieOutSchema } from "../../../src/core/tie-out/schema.ts";

const sides = { baseline: 1n, accepted: 2n, exported: 3n, posted: 4n, unexpected: 5n, difference: 6n };
const key = { job: "25-1001", extra: "CO-1", cost_code: "03-100", category: "MAT" };
const threeSides = { accepted: 2n, exported: 3n, posted: 4n };

/** Every field of a tie-out, each amount another one. */
const tieOut: TieOut = {
  copy: { as_of: "2026-03-02", highest_run: "12" },
  notices: ["1.00"],
  keys: [
    {
      ...{ project_number: "25-1001", kind: "original", ...key },
      ...{ baseline: 1n, accepted: 2n, exported: 3n, posted: -4n, unexpected: 5n },
      ...{ sage_total: 6n, sage_expected: null, ties_out: false },
    },
  ],
  differences: [
    {
      ...{ state: "amount_differs", since: "2026-03-02", batch_id: "ACME-000001", line_no: 1 },
      ...{ project_number: "25-1001", kind: "original", ...key },
      ...{ exported: 9_999_999_999n, posted: 0n, difference: -9_999_999_999n },
      ...{ ambiguous: false, entries: ["12/1"], recognised: null },
    },
  ],
  recognitions: [],
  reject_files: [],
  projects: [
    {
      ...{ project_id: "P", project_number: "25-1001", name: "Clinic", job: "25-1001" },
      ...{ originals: sides, approved_changes: sides, open_lines: 0, differing_lines: 1, ties_out: false },
      documents: [
        {
          ...{ document: "budget", document_id: "B", number: "", title: "", erp_status: "exported" },
          ...{ accepted_by: "ann", accepted_at: "2026-03-01", amount: 7n },
        },
      ],
    },
  ],
  batches: [
    {
      ...{ batch_id: "ACME-000001", state: "written", created_at: "", written_at: null },
      ...{ transaction_date: "2026-03-02", projects: ["25-1001"], manifest_sha256: null, lines: 1 },
      ...{ states: { amount_differs: 1 }, original: threeSides, approved_changes: threeSides },
    },
  ],
};

it("gives a tie-out back as it was, to the cent, and reads it as its schema does", () => {
  const json = moneyJson(tieOut);
  expect(json).toContain('"exported":"99999999.99"');
  expect(partFromJson(json)).toEqual(tieOut);
  expect(tieOutSchema.parse(JSON.parse(json))).toEqual(tieOut);
});
