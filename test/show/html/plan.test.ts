import { describe, expect, it } from "vitest";
import type { CompanyPlan, PlanLineResult, PlanResult } from "../../../src/run/look/plan.ts";
import { renderPlan } from "../../../src/show/html/plan.ts";
import { fine, unmappedCostCode } from "../text/support.ts";

const HOSTILE = `<script>alert("1")</script>&'`;
const ID = "0123456789abcdef";

const line = (changes: Partial<PlanLineResult> = {}): PlanLineResult => ({
  kind: "original",
  job: "25-1001",
  extra: "",
  cost_code: "03-100",
  category: "MAT",
  before: "0.00",
  now: "1234567.00",
  difference: "1234567.00",
  why: ["new"],
  ...changes,
});
const batch = (...lines: readonly PlanLineResult[]): CompanyPlan["batches"][number] => ({
  files: [{ kind: "original", jobs: 1, extras: 0, lines: lines.length, amount_total: "1234567.00" }],
  projects: [
    {
      project_number: "25-1001",
      name: "Main Street Clinic",
      job: "25-1001",
      original: "1234567.00",
      approved_changes: "0.00",
      documents: [
        {
          document: "budget",
          document_id: "B-1",
          number: "",
          accepted_by: "Ann Approver",
          accepted_at: "2026-03-02T14:00:00",
        },
      ],
      lines,
    },
  ],
});
const company = (changes: Partial<CompanyPlan> = {}): CompanyPlan => ({
  ...fine,
  plan_id: "5a",
  transaction_date: "2026-03-02",
  recovered: [],
  batches: [],
  nothing_to_send: [],
  waiting: [],
  holds: [],
  ...changes,
});
const pageOf = (plan: Partial<PlanResult>) =>
  renderPlan(
    {
      run_id: null,
      planned_at: "2026-03-02T15:00:00Z",
      company: null,
      date: null,
      plan_id: ID,
      companies: [],
      unassigned: [],
      ...plan,
    },
    { madeBy: "ann@office", toolVersion: "1.2.3" },
  );
/** What a person reads: no markup, single blanks. */
const words = (plan: Partial<PlanResult>): string =>
  pageOf(plan)
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

describe("the page of a plan", () => {
  it("begins with what an export would do, the plan's id, and the command that does just that", () => {
    const read = words({ companies: [company({ batches: [batch(line())] })] });
    expect(read).toContain(
      "An export would write 1 batch 1,234,567.00 of original estimates and 0.00 of approved changes would go to Sage, in 1 line for 1 project; 0 documents are held, 0 wait for another document, and 0 have nothing to send.",
    );
    expect(read).toContain(`Transaction date 03/02/2026 Plan ${ID}`);
    expect(read).toContain(`To do exactly this, and nothing else tieout export --only-if ${ID} `);
    expect(read.indexOf("--only-if")).toBeLessThan(read.indexOf("In figures"));
  });

  it("gives the command the date and the company that the plan was made with", () => {
    const read = words({
      company: "ACME",
      date: "2026-03-31",
      companies: [company({ recovered: ["ACME-000001"] })],
    });
    expect(read).toContain(`tieout export --only-if ${ID} --company ACME --date 2026-03-31 `);
    expect(read).toContain("an earlier run claimed it and did not get there: ACME-000001");
  });

  it("names no command where an export would do nothing, and says every zero", () => {
    const read = words({ companies: [company()] });
    expect(read).toContain("An export would write no batch");
    expect(read).not.toContain("--only-if");
    expect(read).toContain("ACME: what would be written No batch.");
    for (const what of ["what is held", "what waits for another document", "what has nothing to send"])
      expect(read).toContain(`ACME: ${what} Nothing.`);
    expect(read).toContain("ACME 0 0 0.00 0.00 0 0 0 ");
  });

  it("has a command where documents are only synced, since that changes something too", () => {
    const read = words({ companies: [company({ nothing_to_send: ["B-7", "B-8"] })] });
    expect(read).toContain("--only-if");
    expect(read).toMatch(/these documents is 0\.00: they would be marked as synced.* B-7 B-8 /);
  });

  it("says of each document who accepted it and when, and of each amount what it was, is and why", () => {
    const read = words({
      companies: [
        company({
          batches: [
            batch(
              line({ before: "100.00", now: "90.50", difference: "-9.50", why: ["changed", "gone"] }),
              line({ category: "LAB", why: ["recoded"] }),
              line({ category: "SUB", why: ["moved_by_mapping"] }),
            ),
          ],
        }),
      ],
    });
    expect(read).toContain("Budget , accepted by Ann Approver , 03/02/2026 14:00");
    expect(read).toContain("03-100 MAT 100.00 90.50 -9.50 changed; gone from the budget");
    expect(read).toContain("moved: the budget has another code for the line");
    expect(read).toContain("moved: the mapping leads elsewhere now");
    expect(read).toContain("3 lines 100.00 2,469,224.50 2,469,124.50");
    expect(read).toContain("Lines that stay as they were sent are not listed");
  });

  it("says what is held with remedy and since when, each cause once with its lines, and what waits", () => {
    const began_at = "2026-02-01T10:00:00Z";
    const read = words({
      companies: [
        company({
          holds: [
            { ...unmappedCostCode("L1"), began_at },
            { ...unmappedCostCode("L2"), began_at: null },
          ],
          waiting: [
            {
              document: "modification",
              document_id: "M-1",
              number: "003",
              project_number: "25-1002",
              reason: "waits for the budget",
            },
          ],
        }),
      ],
      unassigned: [unmappedCostCode(null, { document_id: "B-9", project_number: "" })],
    });
    expect(read).toContain("2 documents are held, 1 waits for another document");
    expect(read).toContain("Project 25-1001 , budget B-1 held since 02/01/2026 10:00 UTC");
    expect(read).toMatch(
      /Cost code 16-700 has no Sage cost code in the mapping files\. What to do: Add a row for cost code 16-700 to cost-codes\.csv\. cost_code is 16-700 , in 2 lines: L1, L2 /,
    );
    expect(read).toContain("25-1002 Modification 003 waits for the budget");
    expect(read).toContain("No project, budget B-9 no export has seen it yet");
  });

  it("says that a company could not be planned, and does not call what it does not know zero", () => {
    const error = { name: "sage_unavailable", message: "Sage's copy is away.", hint: "Look for it." };
    const read = words({ companies: [company({ error, transaction_date: null, plan_id: "" })] });
    expect(read).toContain("The plan could not be made");
    expect(read).toContain("1 company could not be planned, and is not in these figures.");
    expect(read).toContain("Sage&#39;s copy is away. What to do: Look for it.");
    expect(read).toContain("ACME: what is held Not known.");
  });

  it("lets no text from outside become markup, wherever it stands", () => {
    const why = unmappedCostCode(HOSTILE, {
      project_number: HOSTILE,
      document_id: HOSTILE,
      value: HOSTILE,
      message: HOSTILE,
      remedy: HOSTILE,
    });
    const hostile = batch(line({ extra: HOSTILE, cost_code: HOSTILE, category: HOSTILE }));
    const page = pageOf({
      companies: [
        company({
          company: HOSTILE,
          batches: [
            {
              ...hostile,
              projects: hostile.projects.map((project) => ({
                ...project,
                project_number: HOSTILE,
                name: HOSTILE,
                job: HOSTILE,
                documents: project.documents.map((one) => ({
                  ...one,
                  number: HOSTILE,
                  accepted_by: HOSTILE,
                  accepted_at: HOSTILE,
                })),
              })),
            },
          ],
          holds: [{ ...why, began_at: null }],
          nothing_to_send: [HOSTILE],
          waiting: [
            {
              document: "budget",
              document_id: HOSTILE,
              number: HOSTILE,
              project_number: HOSTILE,
              reason: HOSTILE,
            },
          ],
          notices: [HOSTILE],
          copy: { as_of: HOSTILE, highest_run: HOSTILE },
          error: { name: "x", message: HOSTILE, hint: HOSTILE },
        }),
      ],
      unassigned: [why],
    });
    expect(page).not.toContain("<script");
    expect(page.split("&lt;script&gt;alert(&quot;1&quot;)").length).toBeGreaterThan(25);
  });

  it("is one file: no script, and nothing that is fetched", () => {
    const page = pageOf({ companies: [company({ batches: [batch(line())] })] });
    expect(page).not.toMatch(/<script|<link|<img|src=|url\(|@import/);
    expect(page).toContain("default-src 'none'");
  });
});
