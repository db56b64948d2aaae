import { expect, it } from "vitest";
import type { HoldResult } from "../../../src/run/hold-result.ts";
import { holdsText } from "../../../src/show/text/holds.ts";
import { lines, unmappedCostCode } from "./support.ts";

const AS_OF = "2026-11-22T18:04:05Z";
const held = (holds: readonly HoldResult[], began_at = "2026-11-20T07:15:00Z") =>
  holdsText({
    companies: [{ company: "ACME", as_of: AS_OF, holds: holds.map((hold) => ({ ...hold, began_at })) }],
    unassigned: [],
  });

it("shows lines of one cause as one entry, with its remedy, field, rule and lines", () => {
  expect(held(["L-1", "L-2", "L-3"].map((line) => unmappedCostCode(line)))).toBe(
    lines(
      "Company ACME",
      "  Held, as of 2026-11-22 18:04 UTC.",
      "",
      "  Project 25-1001",
      "    Budget B-1, held since 2026-11-20 07:15 UTC",
      "      Cost code 16-700 has no Sage cost code in the mapping files. (3 lines)",
      "        → Add a row for cost code 16-700 to cost-codes.csv.",
      "        [unmapped_cost_code] cost_code = 16-700; lines L-1, L-2, L-3",
    ),
  );
});

it("keeps apart other values, other documents and other projects", () => {
  const text = held([
    unmappedCostCode("L-1"),
    unmappedCostCode("L-2", { value: "16-800", message: "Cost code 16-800 has none." }),
    unmappedCostCode("L-3", { document: "modification", document_id: "M-1" }),
    unmappedCostCode("L-4", { project_id: "p2", project_number: "25-1002", document_id: "B-2" }),
  ]);
  expect(text).not.toContain(" lines");
  expect(text.match(/^ {4}\S.*held since/gm)).toEqual([
    "    Budget B-1, held since",
    "    Modification M-1, held since",
    "    Budget B-2, held since",
  ]);
  expect(text.match(/^ {2}Project.*/gm)).toEqual(["  Project 25-1001", "  Project 25-1002"]);
  expect(text).toContain("Cost code 16-800 has none.");
});

it("keeps apart one value that is refused in two places, so that no cause is lost", () => {
  const closedOn = (costCode: string) =>
    unmappedCostCode("L-1", {
      rule: "category_closed",
      field: "cost_type",
      value: "L",
      message: `Category L is closed on cost code ${costCode}.`,
    });
  const text = held([closedOn("01-100"), closedOn("01-200")]);
  expect(text).toContain("on cost code 01-100.\n");
  expect(text).toContain("on cost code 01-200.\n");
});

it("names the first lines of a cause and counts the others", () => {
  const text = held(Array.from({ length: 12 }, (_, i) => unmappedCostCode(`L-${i + 1}`)));
  expect(text.replace(/\s+/g, " ")).toContain("(12 lines)");
  expect(text.replace(/\s+/g, " ")).toContain("lines L-1, L-2, L-3, L-4, L-5 … and 7 more");
});

it("dates a document by its oldest hold", () => {
  const began = ["2026-11-21T00:00:00Z", "2026-11-19T00:00:00Z"];
  const text = holdsText({
    companies: [
      {
        company: "ACME",
        as_of: AS_OF,
        holds: began.map((began_at, i) => ({ ...unmappedCostCode(`L-${i}`), began_at })),
      },
    ],
    unassigned: [],
  });
  expect(text).toContain("held since 2026-11-19 00:00 UTC");
});

it("says that a value is empty, and shows what belongs to no company or project", () => {
  const orphan = unmappedCostCode("L-9", {
    project_id: "",
    project_number: "",
    rule: "orphan_line",
    field: "budget_id",
    value: "",
  });
  expect(holdsText({ companies: [], unassigned: [orphan] })).toBe(
    lines(
      "Belongs to no company",
      "",
      "  No project",
      "    Budget B-1",
      "      Cost code 16-700 has no Sage cost code in the mapping files.",
      "        → Add a row for cost code 16-700 to cost-codes.csv.",
      "        [orphan_line] budget_id is empty; line L-9",
    ),
  );
});

it("says so where nothing is held, where no export ever ran, and where there is no company", () => {
  expect(held([])).toBe(lines("Company ACME", "  Nothing is held, as of 2026-11-22 18:04 UTC."));
  expect(holdsText({ companies: [{ company: "ACME", as_of: null, holds: [] }], unassigned: [] })).toBe(
    lines("Company ACME", "  No export has run yet; tieout plan shows what one would hold."),
  );
  expect(holdsText({ companies: [], unassigned: [] })).toBe("There is no company to tell of.\n");
});

it("lets a value from outside neither begin a line nor steer the terminal", () => {
  const value = "16\u001b[2J\n  Project 99";
  const text = held([unmappedCostCode("L-1", { value, message: `Cost code ${value} has none.` })]);
  expect(text).not.toContain("\u001b");
  expect(text.match(/^ {2}Project.*/gm)).toEqual(["  Project 25-1001"]);
});
