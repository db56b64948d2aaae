import { expect, it } from "vitest";
import { exportBudgets } from "../../jobs/export-budgets.ts";
import { reconcilePostings } from "../../jobs/reconcile-postings.ts";
import { takeLease } from "../../src/journal/lease.ts";
import { eachDatabase } from "../support/databases.ts";
import { ownWorld } from "../support/with-world.ts";
import { stageBudget } from "../support/world.ts";
import { recordedLog } from "./support.ts";

eachDatabase("jobs", (makePair) => {
  async function world() {
    const { world: made } = await ownWorld(makePair);
    const { log, lines } = recordedLog();
    return { world: made, context: { ...made.context, log }, lines };
  }

  it("take their schedules from the configuration", async () => {
    const { context } = await world();
    expect(exportBudgets.schedule(context.config)).toBe("*/15 6-20 * * 1-5");
    expect(reconcilePostings.schedule(context.config)).toBe("5,35 * * * *");
  });

  it("log how many batches were written and how many lines wait", async () => {
    const { world: site, context, lines } = await world();
    await stageBudget(site, "25-1001", [["L1", null, "03-100", "M", "9600.00"]]);
    await exportBudgets.run(context);
    await reconcilePostings.run(context);
    expect(lines.filter((line) => line.message.endsWith(" ended"))).toMatchObject([
      { level: "info", company: "ACME", message: "export ended", batches: 1, holds: 0 },
      { level: "info", company: "ACME", synced: 0, differences: 0, lines: { awaiting_posting: 1 } },
    ]);
  });

  it("warn of what is held, and of rows that belong to nobody", async () => {
    const { world: site, context, lines } = await world();
    await stageBudget(site, "25-1001", [["L1", null, "99-999", "M", "9600.00"]]);
    await site.stage("project", {
      project_id: "P-X",
      company: "OTHER",
      project_number: "X",
      name: "Stranger",
    });
    await site.stage("budget", { budget_id: "B-X", project_id: "P-X", erp_status: "accepted" });
    await exportBudgets.run(context);
    expect(lines).toMatchObject([
      { level: "warn", company: "ACME", batches: 0, holds: 1 },
      { level: "warn", rows: 1 },
    ]);
  });

  it("warn of a difference", async () => {
    const { world: site, context, lines } = await world();
    await stageBudget(site, "25-1001", [["L1", null, "03-100", "M", "9600.00"]]);
    await exportBudgets.run(context);
    site.clock.addDays(30);
    await reconcilePostings.run(context);
    expect(lines.at(-1)).toMatchObject({ level: "warn", differences: 1, lines: { overdue: 1 } });
  });

  it("log a company's error with its name and what to do, and do not fail", async () => {
    const { world: site, context, lines } = await world();
    await site.sageDb.query(site.sageDb.sql.build("JCM_MASTER__STANDARD_CATEGORY").delete());
    await exportBudgets.run(context);
    const [error] = lines.filter((line) => line.level === "error");
    expect(error).toMatchObject({ company: "ACME", name: expect.stringMatching(/^[a-z_]+$/) });
    expect(error?.hint).toMatch(/\w/);
  });

  it("take it calmly that another instance is at work", async () => {
    const { context, lines } = await world();
    await takeLease(context.db, context.names, "ACME");
    await exportBudgets.run(context);
    await reconcilePostings.run(context);
    expect(new Set(lines.map((line) => line.level))).toEqual(new Set(["info"]));
    expect(lines.filter((line) => line.name === "company_busy")).toHaveLength(2);
  });
});
