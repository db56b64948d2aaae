import { readdirSync, readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { expect, it } from "vitest";
import { loadMappingFolder } from "../../src/mapping/read-folder.ts";

const formats = { job: "##-####", cost_code: "##-###", extra: null };

it("the sample company's mappings cover every line of its sample budgets", async () => {
  const outcome = await loadMappingFolder("mappings/ACME", { formats });
  if (!outcome.ok) throw new Error(outcome.problem.message);
  const set = outcome.value;

  let lines = 0;
  const uncovered: string[] = [];
  for (const name of readdirSync("samples").filter((file) => file.startsWith("budget-"))) {
    const project = name.slice("budget-".length, "budget-25-1001".length);
    const rows = parse<Record<string, string>>(readFileSync(`samples/${name}`), { bom: true, columns: true });
    for (const row of rows) {
      lines += 1;
      const subJob = row["Sub Job"] ?? "";
      const [costCode = ""] = (row["Cost Code Tier 2"] ?? "").split(" ");
      const costType = row["Cost Type"] ?? "";
      const covered =
        set.job(project)?.job === project &&
        (subJob === "" || set.extra(project, subJob)) &&
        set.costCode(project, costCode, costType)?.code === costCode &&
        set.category(project, costType);
      if (!covered) uncovered.push(`${name}: ${row["Budget Code"]}`);
    }
  }
  expect(uncovered).toEqual([]);
  expect(lines).toBeGreaterThan(400);
});
