import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatMoney, sumCents } from "../../src/core/money.ts";
import { readJce } from "../../src/outbox/read-jce.ts";
import { estimateFileName } from "../../src/outbox/render/contents.ts";
import { manifestOf } from "../../src/outbox/render/manifest.ts";
import { lookAtBatches } from "../../src/run/look/batches.ts";
import { line, record } from "../outbox/render/sample.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";
import { exportOne } from "../support/instances.ts";
import { isStandIn } from "../support/stand-in.ts";
import { makeWorld, stageBudget, stageModification, type World } from "../support/world.ts";

const MOST = "99999999.99";

const jceOf = (bytes: Uint8Array | undefined) => {
  const read = readJce(bytes ?? new Uint8Array(), { encoding: "windows-1252", extraField: 13 });
  if (!read.ok) throw new Error(read.problem.message);
  return read.value;
};

/** One budget after another in one world: a database takes seconds to make on some servers. */
const inWorld = (makePair: () => Promise<DatabasePair>, company: Record<string, unknown> = {}) => {
  const made: { pair?: DatabasePair; world?: World } = {};
  beforeAll(async () => {
    made.pair = await makePair();
    made.world = await makeWorld(made.pair, company);
  });
  afterAll(async () => {
    await made.world?.close();
    await made.pair?.remove();
  });
  return (): World => {
    if (!made.world) throw new Error("the world is not made yet");
    return made.world;
  };
};

eachDatabase("amounts", (makePair) => {
  const the = inWorld(makePair, { create_cost_codes: true });

  it("go over to the cent, from the largest that a record takes to the smallest, of either sign", async () => {
    const world = the();
    await stageBudget(world, "25-1001", [
      ["L1", null, "03-100", "M", MOST],
      ["L2", null, "03-100", "L", `-${MOST}`],
      ["L3", null, "16-700", "L", "0.01"],
      ["L4", null, "16-700", "M", "-0.01"],
      ["L5", null, "01-510", "C", "60000000.00"],
      ["L6", null, "01-510", "C", "39999999.98"],
      ["L7", null, "01-510", "C", "0.01"],
    ]);
    await stageModification(world, "25-1001", "1", [
      ["A1", null, "03-100", "M", `-${MOST}`],
      ["A2", null, "16-700", "L", "0.29"],
    ]);
    const exported = await exportOne(world.context);
    expect(exported).toMatchObject({ holds: [], error: null });
    expect(exported.batches[0]?.files.map((file) => file.amount_total)).toEqual([MOST, "-99999999.70"]);

    const files = world.folder("ACME-000001");
    const amounts = jceOf(files.get("ACME-000001-1-original.jce")).lines.map((found) => [
      found.costCode,
      found.category,
      formatMoney(found.cents),
    ]);
    expect(amounts).toEqual([
      ["01-510", "SUB", MOST],
      ["03-100", "LAB", `-${MOST}`],
      ["03-100", "MAT", MOST],
      ["16-700", "LAB", "0.01"],
      ["16-700", "MAT", "-0.01"],
    ]);
  });

  it("of one cent more than a record takes are held, on a line and on a key, with their values", async () => {
    const world = the();
    await stageBudget(world, "25-1002", [
      ["N1", null, "03-100", "M", "100000000.00"],
      ["N2", null, "16-700", "L", MOST],
      ["N3", null, "16-700", "L", "0.01"],
    ]);
    const { batches, holds, error } = await exportOne(world.context);
    expect({ batches, error }).toEqual({ batches: [], error: null });
    const tooLarge = { rule: "amount_too_large", field: "original_amount", value: "100000000.00" };
    // The line by itself and the key that two others add up to, both at once.
    expect(holds).toMatchObject([
      { ...tooLarge, staging_line_id: "N1" },
      { ...tooLarge, staging_line_id: null },
    ]);
    await world.statement("delete from staging.budget_line_item where line_item_id = ?", "N1");
    expect((await exportOne(world.context)).holds).toMatchObject([{ ...tooLarge, staging_line_id: null }]);
  });

  it("add up exactly over thousands of lines, in files, manifest and lists of batches", async () => {
    const world = the();
    const lines = 3_000;
    const codes = Array.from({ length: lines }, (_, n) => `M-${String(n).padStart(5, "0")}`);
    world.map(
      "cost-codes",
      ["project_number,cost_code,sage_cost_code", ...codes.map((code) => `,${code},${code}`), ""].join("\n"),
    );
    await world.sage.addJob("25-1003", "Many lines");
    world.map("jobs", "project_number,job\n25-1001,25-1001\n25-1003,25-1003\n");
    await world.statement(
      "update staging.budget set erp_status = 'rejected' where budget_id = ?",
      "B-25-1002",
    );
    await stageBudget(world, "25-1003", []);
    await world.db.insert(
      world.context.names.staging("budget_line_item"),
      {
        line_item_id: "text",
        budget_id: "text",
        cost_code: "text",
        cost_type: "text",
        original_amount: "money",
        erp_synced: "integer",
      },
      codes.map((code) => ({
        line_item_id: `X-${code}`,
        budget_id: "B-25-1003",
        cost_code: code,
        cost_type: "M",
        original_amount: MOST,
        erp_synced: 0,
      })),
    );
    const exported = await exportOne(world.context);
    expect(exported).toMatchObject({ holds: [], error: null });
    const total = "299999999970.00";
    expect(exported.batches).toMatchObject([{ files: [{ lines, amount_total: total }] }]);
    const files = world.folder("ACME-000002");
    const written = jceOf(files.get("ACME-000002-1-original.jce")).lines;
    expect(formatMoney(sumCents(written.map((found) => found.cents)))).toBe(total);
    const manifest = files.get("ACME-000002-manifest.json")?.toString();
    expect(JSON.parse(manifest ?? "")).toMatchObject({
      files: [{ amount_total: total }],
      projects: [{ project_number: "25-1003", original: total, approved_changes: "0.00" }],
    });
    expect((await lookAtBatches(world.context)).companies[0]?.batches).toMatchObject([
      { original: MOST, approved_changes: "-99999999.70" },
      { original: total, approved_changes: "0.00" },
    ]);
  });
});

describe("a batch whose total is beyond the cents that a float tells apart", () => {
  it("says it exactly in its manifest", () => {
    const count = 901_000;
    const lines = Array.from({ length: count }, (_, n) => {
      const cents = n === count - 1 ? 9_999_999_998n : 9_999_999_999n;
      return line({ lineNo: n + 1, key: { costCode: n.toString(36).padStart(8, "0") }, cents, sources: [] });
    });
    const total = 9_999_999_999n * BigInt(count) - 1n;
    expect(total).toBeGreaterThan(2n ** 53n);
    const batch = record(lines);
    const name = estimateFileName(batch.batchId, "original");
    expect(manifestOf(batch, [{ name, bytes: new Uint8Array() }])).toMatchObject({
      files: [{ lines: count, amount_total: formatMoney(total) }],
      projects: [{ original: formatMoney(total), approved_changes: "0.00" }],
    });
  });
});

eachDatabase("texts", (makePair) => {
  const the = inWorld(makePair);

  it("come out of the database as they went in, and into each file as it can carry them", async () => {
    const world = the();
    // The stand-in server leaves JSON's escapes in what openjson reads, so texts that JSON escapes are left out there.
    const [quote, tab, lineEnd] = (await isStandIn(world.db)) ? ["", "", ""] : ['"', "\t", "\r\n"];
    const acceptedBy = `=HYPERLINK(${quote}x${quote}), Müller 'Jr.' 🏗️`;
    const subJob = `=Su\u0308d, “Tor” – ½ 🏗️ ${quote}B${quote}${tab}En${lineEnd}de und mehr`;
    const project = `<b>${quote}Söhne${quote}</b> & Co, 🏗️ Łódź`;

    world.map("extras", "project_number,sub_job,extra,description\n,PH1,CO-001,\n");
    await stageBudget(world, "25-1001", [
      ["-L1", null, "03-100", "M", "1.00"],
      ["@L2", "PH1", "03-100", "M", "2.00"],
    ]);
    await world.stage("sub_job", { project_id: "P-25-1001", sub_job_code: "PH1", name: subJob });
    await stageModification(world, "25-1001", "1", [["=A1", null, "03-100", "M", "-3.00"]]);
    await world.statement("update staging.budget_modification set number = '+1'");
    await world.statement("update staging.project set name = ?", project);
    await world.statement("update staging.budget set accepted_by = ?", acceptedBy);
    await world.sageDb.query(
      world.sageDb.sql
        .build("JCM_MASTER__JOB")
        .where({ Job: "25-1001" })
        .update({ Description: "Groß, Straße & Söhne" }),
    );

    expect(await exportOne(world.context)).toMatchObject({ holds: [], error: null });
    const files = world.folder("ACME-000001");
    expect(files.get("ACME-000001-1-original.jce")).toEqual(
      windows1252(
        [
          '*,"25-1001","Groß, Straße & Söhne"',
          'C,"03-100","Cast-in-place concrete","MAT",03022026,0.00,"",1.00,,,,,""',
          // Composed, without quotes and control characters, what the encoding lacks as `?`, cut to 30.
          'E,"CO-001","=Süd, “Tor” – ½ ?? BEnde und m"',
          'C,"03-100","Cast-in-place concrete","MAT",03022026,0.00,"",2.00,,,,,"CO-001"',
          "",
        ].join("\r\n"),
      ),
    );

    const trace = parse<Record<string, string>>(files.get("ACME-000001-trace.csv") ?? "", { columns: true });
    const seen = ["staging_line_id", "document_number", "amount", "line_amount", "accepted_by"];
    // Only texts that a spreadsheet would run are led by an apostrophe: an amount below zero is not.
    expect(trace.map((row) => seen.map((column) => row[column]))).toEqual([
      ["'-L1", "", "1.00", "1.00", `'${acceptedBy}`],
      ["'@L2", "", "2.00", "2.00", `'${acceptedBy}`],
      ["'=A1", "'+1", "-3.00", "-3.00", "Ann Approver"],
    ]);

    const page = files.get("ACME-000001-cover-sheet.html")?.toString() ?? "";
    const entity = quote === "" ? "" : "&quot;";
    expect(page).toContain(`&lt;b&gt;${entity}Söhne${entity}&lt;/b&gt; &amp; Co, 🏗️ Łódź`);
    expect(page).toContain("=Süd, “Tor” – ½ ?? BEnde und m");
    expect(page).not.toContain("<b>");
  });

  it("of a staging line's own description go nowhere, however long and strange they are", async () => {
    const world = the();
    const strange = `${"x".repeat(150)} =1+1, 🏗️`;
    await stageBudget(world, "25-1002", [["S1", null, "16-700", "L", "4.00"]]);
    await world.statement(
      "update staging.budget_line_item set description = ? where line_item_id = ?",
      strange,
      "S1",
    );
    expect((await exportOne(world.context)).batches).toMatchObject([{ batch_id: "ACME-000002" }]);
    for (const bytes of world.folder("ACME-000002").values()) expect(bytes.toString()).not.toContain("xxxxx");
  });
});

/** The bytes of a text in windows-1252, by its own table for the few characters used here that Latin-1 lacks. */
function windows1252(text: string): Buffer {
  const own: Record<string, number> = { "“": 0x93, "”": 0x94, "–": 0x96 };
  return Buffer.from(Array.from(text, (character) => own[character] ?? character.charCodeAt(0)));
}
