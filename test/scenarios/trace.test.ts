import { expect, it } from "vitest";
import { exportAll } from "../../src/run/export/export.ts";
import { traceLine } from "../../src/run/look/trace.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { traceText } from "../../src/show/text/trace.ts";
import { eachDatabase } from "../support/databases.ts";
import { sha256 } from "../support/instances.ts";
import { ownWorld } from "../support/with-world.ts";
import { stageBudget, stageModification } from "../support/world.ts";

eachDatabase("the life of one line", (makePair) => {
  it("goes from its hold over acceptance, mapping and file to the entry in Sage, and on when it changes", async () => {
    const { world } = await ownWorld(makePair);
    const trace = async (lineId: string) => {
      const traced = await traceLine(world.context, lineId);
      if (!traced.ok) throw new Error(traced.problem.message);
      return traced.value;
    };
    expect(await traceLine(world.context, "L1")).toMatchObject({ problem: { name: "line_unknown" } });

    await stageBudget(world, "25-1001", [
      ["L0", null, "01-510", "L", "7.00"],
      ["L1", null, "99-999", "M", "9600.00"],
    ]);
    // Another document has a line of the same id.
    await stageModification(world, "25-1001", "1", [["L1", null, "16-700", "L", "-0.01"]], "sent");
    await exportAll(world.context);
    expect(await trace("L1")).toMatchObject({
      staging: [
        { document: "budget", document_id: "B-25-1001", cost_code: "99-999", erp_synced: false },
        { document: "modification", document_id: "M-25-1001-1" },
      ],
      movements: [],
      import_lines: [],
      holds: [{ rule: "unmapped_cost_code", ended_at: null }],
    });

    await world.statement(
      "update staging.budget_line_item set cost_code = ? where line_item_id = ?",
      "03-100",
      "L1",
    );
    await exportAll(world.context);
    await world.importBatch("ACME-000001");
    await world.sage.post({ which: "all" });
    await reconcileAll(world.context);
    const whole = await trace("L1");
    const file = "ACME-000001-1-original.jce";
    expect(whole).toMatchObject({
      movements: [
        {
          from: "accepted",
          to: "claimed",
          amount: "9600.00",
          kind: "original",
          job: "25-1001",
          cost_code: "03-100",
          category: "MAT",
          cause: "new",
          document_id: "B-25-1001",
          accepted_by: "Ann Approver",
          mapping_rows: ["jobs.csv:2", "cost-codes.csv:3", "categories.csv:3"],
          batch_id: "ACME-000001",
        },
        { from: "claimed", to: "posted", amount: "9600.00", cause: "posted" },
      ],
      import_lines: [
        {
          batch_id: "ACME-000001",
          amount: "9600.00",
          // After the line of 01-510.
          file: {
            name: file,
            c_record: 2,
            sha256: sha256(world.folder("ACME-000001").get(file) ?? Buffer.alloc(0)),
          },
          state: "posted",
          postings: [{ job: "25-1001", run: "1", amount: "9600.00" }],
        },
      ],
      holds: [{ rule: "unmapped_cost_code", ended_at: expect.any(String) }],
    });
    const text = traceText(whole);
    for (const words of ["9,600.00 from accepted to claimed", "C record 2", "run 1", "unmapped_cost_code"])
      expect(text).toContain(words);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);

    await world.statement("delete from staging.budget_line_item where line_item_id = ?", "L1");
    await world.statement(
      "delete from staging.budget_modification_line where modification_line_id = ?",
      "L1",
    );
    const gone = await trace("L1");
    expect(gone).toMatchObject({ staging: [], movements: whole.movements });
    expect(traceText(gone)).toContain("no longer in staging");
  });
});
