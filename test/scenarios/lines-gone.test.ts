import { expect, it } from "vitest";
import { releaseDocument } from "../../src/run/decide/release.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { amounts, readExported } from "../support/accounts.ts";
import { eachDatabase } from "../support/databases.ts";
import { exportOne } from "../support/instances.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, type World } from "../support/world.ts";

const CODES = ["01-510", "03-100", "16-700", "09-250"] as const;

eachDatabase("a budget that is accepted again with lines gone", (makePair) => {
  let world: World;
  let batches = 0;
  withWorld(makePair, async (site) => {
    world = site.world;
    batches = 0;
    for (const code of ["09-250", "09-900"]) await world.sage.addStandardCostCode(code, code);
    world.map(
      "cost-codes",
      `project_number,cost_code,sage_cost_code\n${CODES.map((code) => `,${code},${code}\n`).join("")}`,
    );
    await stageBudget(
      world,
      "25-1001",
      CODES.map((code, index) => [`L${index + 1}`, null, code, "M", "100.00"] as const),
    );
    await sendAndPost();
  });

  const sendAndPost = async () => {
    const exported = await exportOne(world.context);
    expect(exported).toMatchObject({ holds: [], error: null });
    for (const { batch_id } of exported.batches) {
      batches++;
      await world.importBatch(batch_id);
    }
    await world.sage.post({ which: "all" });
    await reconcileAll(world.context);
    return exported;
  };
  const remove = (...ids: string[]) =>
    Promise.all(
      ids.map((id) => world.statement("delete from staging.budget_line_item where line_item_id = ?", id)),
    );
  const accept = (at = "2026-03-09T10:00:00") =>
    world.statement("update staging.budget set erp_status = ?, accepted_at = ?", "accepted", at);
  const release = (reason = "scope was cut") => releaseDocument(world.context, "B-25-1001", { reason });
  const books = () => readExported([world.outbox], (job) => job).byKey;
  const carried = (...codes: string[]) =>
    amounts(codes.map((code) => [`original|25-1001||${code}|MAT`, 10_000n] as const));
  const rules = async () => (await exportOne(world.context)).holds.map(({ rule }) => rule);

  it("lets a quarter of its codes go by itself", async () => {
    await remove("L4");
    await accept();
    await sendAndPost();
    expect(books()).toEqual(carried("01-510", "03-100", "16-700"));
  });

  it("holds more than that, with what would be taken out, until somebody lets it go with a reason", async () => {
    await remove("L3", "L4");
    await accept();
    const held = await exportOne(world.context);
    expect(held.batches).toEqual([]);
    expect(held.holds).toMatchObject([
      {
        rule: "lines_gone",
        field: "budget_id",
        value: "B-25-1001",
        message: expect.stringContaining("2 of the 4 codes that were sent before; 200.00"),
        remedy: expect.stringContaining("tieout release B-25-1001"),
      },
    ]);
    expect(await release()).toMatchObject({
      ok: true,
      value: { rule: "lines_gone", reason: "scope was cut" },
    });
    await sendAndPost();
    expect(books()).toEqual(carried("01-510", "03-100"));
    const [budget] = await world.rows("budget");
    expect([budget?.erp_status, Number(budget?.erp_locked)]).toEqual(["synced", 0]);
  });

  it("holds it again when it is accepted anew with more gone: a release is for one acceptance", async () => {
    await remove("L3", "L4");
    await accept();
    await release();
    await remove("L2");
    await accept("2026-03-10T10:00:00");
    expect(await rules()).toEqual(["lines_gone"]);
  });

  it("holds a budget all of whose lines have gone, and takes everything out once that is released", async () => {
    await remove("L1", "L2", "L3", "L4");
    await accept();
    expect(await rules()).toEqual(["lines_gone"]);
    expect(await release()).toMatchObject({ ok: true });
    await sendAndPost();
    expect(books()).toEqual(new Map());
  });

  it("lets lines go to other codes, all of them at once", async () => {
    for (const [index] of CODES.entries())
      await world.statement(
        "update staging.budget_line_item set cost_type = ? where line_item_id = ?",
        "L",
        `L${index + 1}`,
      );
    await accept();
    await sendAndPost();
    expect(books()).toEqual(
      amounts(CODES.map((code) => [`original|25-1001||${code}|LAB`, 10_000n] as const)),
    );
  });

  it("lets the mapping move every line, also of a budget that was made anew with other ids", async () => {
    world.map(
      "cost-codes",
      `project_number,cost_code,sage_cost_code\n${CODES.map((code) => `,${code},09-900\n`).join("")}`,
    );
    for (const [index] of CODES.entries())
      await world.statement(
        "update staging.budget_line_item set line_item_id = ? where line_item_id = ?",
        `anew-${index}`,
        `L${index + 1}`,
      );
    await accept();
    await sendAndPost();
    expect(books()).toEqual(amounts([["original|25-1001||09-900|MAT", 40_000n]]));
  });

  it("takes no release for what is not held for one, or not there", async () => {
    expect(await release()).toMatchObject({ problem: { name: "nothing_to_release" } });
    expect(await releaseDocument(world.context, "B-nothing", { reason: "r" })).toMatchObject({
      problem: { name: "document_unknown" },
    });
    await remove("L3", "L4");
    await accept();
    expect(await release()).toMatchObject({ ok: true });
    expect(await release()).toMatchObject({ problem: { name: "nothing_to_release" } });
    expect(batches).toBe(1);
  });

  it("leaves an audit event of the release", async () => {
    await remove("L3", "L4");
    await accept();
    await release();
    const events = await world.db.query(
      world.db.sql.build(world.context.names.journal("audit_event")).where({ event: "released" }).select(),
    );
    expect(JSON.parse(String(events[0]?.details))).toMatchObject({
      document_id: "B-25-1001",
      accepted_at: expect.stringContaining("2026-03-09"),
      rule: "lines_gone",
      reason: "scope was cut",
    });
  });
});
