import { expect, it } from "vitest";
import type { StatusResult } from "../../../src/run/look/status.ts";
import { widthOf } from "../../../src/show/text/characters.ts";
import { statusText } from "../../../src/show/text/status.ts";
import { lines } from "./support.ts";

type Project = StatusResult["projects"][number];
type ProjectDocument = Project["documents"][number];

const budget: ProjectDocument = {
  document: "budget",
  document_id: "B-1",
  number: "",
  title: "",
  erp_status: "exported",
  erp_synced: false,
  erp_locked: true,
  accepted_by: "Ann Lee",
  accepted_at: "2026-11-20T08:00:00",
};
const project = (changes: Partial<Project> = {}): Project => ({
  company: "ACME",
  project_id: "p1",
  project_number: "25-1001",
  name: "Main Street Clinic",
  can_send: false,
  can_retrieve: false,
  can_unlock: false,
  can_add_line_item: false,
  can_create_modification: false,
  can_import_estimate: false,
  reason: "",
  documents: [budget],
  ...changes,
});
const status = (...projects: readonly Project[]) => statusText({ projects });

it("shows where each document stands, that nothing may be done, and why", () => {
  const modification: ProjectDocument = {
    ...budget,
    document: "modification",
    number: "003",
    title: "Added canopy",
    erp_status: " Synced ",
    erp_locked: false,
  };
  expect(
    status(project({ reason: "3 of 5 entries posted (ACME-000123)", documents: [budget, modification] })),
  ).toBe(
    lines(
      "Company ACME",
      "",
      "  25-1001 Main Street Clinic",
      "    Budget                          exported, locked  by Ann Lee  2026-11-20",
      "    Modification 003  Added canopy  synced            by Ann Lee  2026-11-20",
      "    may: nothing now",
      "    locked: 3 of 5 entries posted (ACME-000123)",
    ),
  );
});

it("lists what may be done, and no reason where nothing is locked", () => {
  const text = status(
    project({
      can_send: true,
      can_unlock: true,
      can_add_line_item: true,
      can_create_modification: true,
      documents: [{ ...budget, erp_status: "synced", erp_locked: false }],
    }),
  );
  expect(text).toContain("    may: send, unlock, add budget lines, create modifications\n");
  expect(text).not.toContain("locked");
});

it("lets a sent budget be taken back, and only that", () => {
  const text = status(project({ can_retrieve: true, reason: "waiting for accounting acceptance" }));
  expect(text).toContain("    may: take back\n    locked: waiting for accounting acceptance\n");
});

it.each([
  ["not_sent", "not sent"],
  ["retrieved", "taken back"],
  ["REJECTED", "rejected"],
  ["toString", 'unknown status "toString"'],
  ["", 'unknown status ""'],
])("words the status %j as %s", (erp_status, words) => {
  const text = status(
    project({ documents: [{ ...budget, erp_status, erp_locked: false, accepted_by: "", accepted_at: "" }] }),
  );
  expect(text).toContain(`    Budget  ${words}\n`);
});

it("cuts names to fit the page, and wraps a long reason under its beginning", () => {
  const text = status(
    project({
      reason: "held since 2026-11-20, 3 lines: ".repeat(5),
      documents: [{ ...budget, document: "modification", number: "003", title: "Added canopy ".repeat(10) }],
    }),
  );
  for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(80);
  expect(text).toContain("…");
  expect(text).toContain("  2026-11-20\n");
  expect(text).toMatch(/ {4}locked: held since .*\n {12}\S/);
});

it("puts projects under their company, and says so where there is none", () => {
  const text = status(project(), project({ company: "BETA" }), project({ project_number: "25-1003" }));
  expect(text.match(/^Company.*/gm)).toEqual(["Company ACME", "Company BETA"]);
  expect(status()).toBe("No project has a budget or a modification.\n");
});
