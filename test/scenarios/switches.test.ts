import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { baselineOf } from "../../src/run/decide/baseline.ts";
import { type CompanyExport, exportAll } from "../../src/run/export/export.ts";
import { planAll } from "../../src/run/look/plan.ts";
import { lookAtStatus } from "../../src/run/look/status.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { tieout } from "../support/cli.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";
import { isStandIn } from "../support/stand-in.ts";
import { ownWorld } from "../support/with-world.ts";
import { stageBudget, stageModification, testConfig, type World } from "../support/world.ts";

eachDatabase("a company's switches", (makePair) => {
  let pair: DatabasePair;
  let world: World;
  const open = async (company: Record<string, unknown> = {}) => {
    ({ world, pair } = await ownWorld(makePair, company));
  };
  const run = async (transactionDate?: string): Promise<CompanyExport> => {
    const [company] = (await exportAll(world.context, { transactionDate })).companies;
    if (!company) throw new Error("there is a company");
    expect(company.error).toBeNull();
    return company;
  };
  const bytesOf = (kind: "1-original" | "2-approved-changes", batch = "ACME-000001"): Buffer | undefined =>
    world.folder(batch).get(`${batch}-${kind}.jce`);
  /** A file's records as they stand, without their line ends. */
  const recordsOf = (
    kind: "1-original" | "2-approved-changes" = "1-original",
    batch = "ACME-000001",
    encoding = "windows-1252",
  ): string[] => {
    const text = iconv.decode(bytesOf(kind, batch) ?? Buffer.of(), encoding, { stripBOM: false });
    expect(text === "" || text.endsWith("\r\n")).toBe(true);
    return text.split("\r\n").slice(0, -1);
  };
  const coverSheet = (batch = "ACME-000001"): string =>
    (world.folder(batch).get(`${batch}-cover-sheet.html`)?.toString("utf8") ?? "")
      .replace(/<style>.*<\/style>/s, "")
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ");
  const clinic = () =>
    stageBudget(world, "25-1001", [
      ["L1", null, "16-700", "L", "70.00"],
      ["L2", "PH1", "03-100", "M", "-9600.5"],
      ["L3", null, "03-100", "M", "100"],
    ]);
  const CLINIC = [
    '*,"25-1001","Riverside Clinic"',
    'C,"03-100","Cast-in-place concrete","MAT",03022026,0.00,"",100.00,,,,,""',
    'C,"16-700","Communications","LAB",03022026,0.00,"",70.00,,,,,""',
    'E,"CO-001","Phase one"',
    'C,"03-100","Cast-in-place concrete","MAT",03022026,0.00,"",-9600.50,,,,,"CO-001"',
  ];

  it("write, if none is set, what three independent writers of Sage's import files agree on", async () => {
    await open();
    await clinic();
    await run();
    expect(recordsOf()).toEqual(CLINIC);
    expect(bytesOf("2-approved-changes")).toBeUndefined();
  });

  it("comment adds one line at the top that names the batch, and changes nothing else", async () => {
    await open({ jce: { comment: true } });
    await clinic();
    await run();
    const [comment, ...others] = recordsOf();
    expect(comment).toMatch(/^;ACME-000001/);
    expect(others).toEqual(CLINIC);
    await world.importBatch("ACME-000001");
    expect(await world.sage.newEntries()).toHaveLength(3);
  });

  it("quote_record_ids quotes the ids of all records, and nothing else", async () => {
    await open({ jce: { quote_record_ids: true } });
    await clinic();
    await run();
    expect(recordsOf()).toEqual(CLINIC.map((record) => record.replace(/^[*EC]/, '"$&"')));
  });

  it.each([9, 10, 11, 12, 13])(
    "extra_field %i moves the extra there, and leaves the others empty",
    async (field) => {
      await open({ jce: { extra_field: field } });
      await clinic();
      await run();
      const tails = recordsOf()
        .filter((record) => record.startsWith("C"))
        .map((record) => record.split(",").slice(8));
      const tail = (extra: string) => [9, 10, 11, 12, 13].map((n) => (n === field ? extra : ""));
      expect(tails).toEqual([tail('""'), tail('""'), tail('"CO-001"')]);
    },
  );

  const HOSTILE = [
    // As written in extras.csv, as it arrives in windows-1252, as it arrives in UTF-8.
    ["Café – “Ost” €", "Café – “Ost” €", "Café – “Ost” €"],
    ["Cafe\u0301 → Π", "Café ? ?", "Café → Π"],
    ["3' x 5' panel", "3' x 5' panel", "3' x 5' panel"],
    ["broken \uFFFD text", "broken ? text", "broken ? text"],
    ["😀 ".repeat(20).trim(), "? ".repeat(15), "😀 ".repeat(15)],
    ["A, B; C's *best*", "A, B; C's *best*", "A, B; C's *best*"],
    ["=cmd()|' /C calc'!A0", "=cmd()|' /C calc'!A0", "=cmd()|' /C calc'!A0"],
    [`${"x".repeat(29)}éy`, `${"x".repeat(29)}é`, `${"x".repeat(29)}é`],
  ] as const;
  it.each([
    ["windows-1252", 1],
    ["utf-8", 2],
  ] as const)(
    "encoding %s decides what a description may say; codes and amounts are the same",
    async (encoding, column) => {
      await open({ jce: { encoding } });
      // The stand-in server reads a double quote and a tab back with a backslash.
      const quotes = !(await isStandIn(world.db));
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
      world.map(
        "extras",
        `project_number,sub_job,extra,description\n${HOSTILE.map(([text], n) => `,S${n},X-${n},${quoted(text)}\n`).join("")},Q,X-Q,"12"" pipe\ttab"\n`,
      );
      await stageBudget(world, "25-1001", [
        ...HOSTILE.map((_, n) => [`L${n}`, `S${n}`, "03-100", "M", "1.00"] as const),
        ...(quotes ? [["LQ", "Q", "03-100", "M", "1.00"] as const] : []),
      ]);
      expect(await run()).toMatchObject({ holds: [] });
      const extras = recordsOf("1-original", "ACME-000001", encoding).filter((record) =>
        record.startsWith("E"),
      );
      expect(extras).toEqual([
        ...HOSTILE.map((row, n) => `E,"X-${n}","${row[column]}"`),
        ...(quotes ? ['E,"X-Q","12 pipetab"'] : []),
      ]);
      expect(bytesOf("1-original")?.subarray(0, 3).toString("latin1")).toBe('*,"');
    },
  );

  it("a new extra is described by extras.csv, else by the sub job's name, else not at all", async () => {
    await open();
    world.map(
      "extras",
      "project_number,sub_job,extra,description\n,A,X-A,From the file\n,B,X-B,\n,C,X-C,\n,D,X-D,\n,E,X-D,Second sub job of it\n",
    );
    await world.stage("sub_job", { project_id: "P-25-1001", sub_job_code: "B", name: "By its name" });
    await stageBudget(
      world,
      "25-1001",
      ["A", "B", "C"].map((subJob) => [`L${subJob}`, subJob, "03-100", "M", "1.00"] as const),
    );
    for (const [id, sub_job_code, cost_code] of [
      ["LD", "D", "01-510"],
      ["LE", "E", "16-700"],
    ] as const)
      await world.stage("budget_line_item", {
        ...{ line_item_id: id, budget_id: "B-25-1001", sub_job_code, cost_code, cost_type: "M" },
        ...{ description: "", uom: null, quantity: null, original_amount: "1.00", erp_synced: 0 },
      });
    await run();
    expect(recordsOf().filter((record) => record.startsWith("E"))).toEqual([
      'E,"X-A","From the file"',
      'E,"X-B","By its name"',
      'E,"X-C",""',
      'E,"X-D","Second sub job of it"',
    ]);
  });

  it("a new extra is in every file that uses it, and one that Sage has is in none", async () => {
    await open();
    await world.sage.addExtra("25-1001", "CO-002", "There already");
    world.map("extras", "project_number,sub_job,extra,description\n,PH1,CO-001,One\n,PH2,CO-002,Two\n");
    await stageBudget(world, "25-1001", [
      ["L1", "PH1", "03-100", "M", "1.00"],
      ["L2", "PH2", "03-100", "M", "0.00"],
    ]);
    await stageModification(world, "25-1001", "1", [
      ["A1", "PH1", "16-700", "M", "2.00"],
      ["A2", "PH2", "16-700", "M", "3.00"],
    ]);
    const { batches } = await run();
    expect(batches[0]?.files.map(({ kind, extras, lines }) => [kind, extras, lines])).toEqual([
      ["original", 1, 1],
      ["approved_change", 1, 2],
    ]);
    for (const kind of ["1-original", "2-approved-changes"] as const)
      expect(recordsOf(kind).filter((record) => record.startsWith("E"))).toEqual(['E,"CO-001","One"']);
    expect(coverSheet().match(/New extras that this import creates/g)).toHaveLength(1);
  });

  it("codes go over as they are: leading zeros, blanks around them trimmed, none of them a number", async () => {
    await open({ unmapped: { cost_codes: "same_code" } });
    await world.sage.addStandardCostCode("  000120", "Right-justified");
    await world.sage.addStandardCostCode("1E5", "Not a number");
    await stageBudget(world, "25-1001", [
      ["L1", null, " 000120 ", "M", "1.00"],
      ["L2", null, "1E5", "M", "2.00"],
    ]);
    expect(await run()).toMatchObject({ holds: [] });
    expect(recordsOf().map((record) => record.split(",")[1])).toEqual(['"25-1001"', '"000120"', '"1E5"']);
  });

  describe("max_amount", () => {
    it("lets an amount go that reaches it, either way, and holds one that is a cent beyond", async () => {
      await open({ jce: { max_amount: "500.00" } });
      await stageBudget(world, "25-1001", [
        ["L1", null, "03-100", "M", "500.00"],
        ["L2", null, "16-700", "M", "-500.00"],
      ]);
      await stageBudget(world, "25-1002", [["N1", null, "03-100", "M", "500.01"]]);
      const { holds, batches } = await run();
      expect(holds).toMatchObject([{ rule: "amount_too_large", value: "500.01", staging_line_id: "N1" }]);
      expect(batches).toMatchObject([{ files: [{ lines: 2, amount_total: "0.00" }] }]);
    });

    it("lets modifications that are too much together go one after the other", async () => {
      await open({ jce: { max_amount: "500.00" } });
      await stageBudget(world, "25-1001", [["L1", null, "03-100", "M", "1.00"]]);
      for (const number of ["1", "2"])
        await stageModification(world, "25-1001", number, [[`A${number}`, null, "03-100", "M", "300.00"]]);
      expect(await run()).toMatchObject({
        holds: [],
        batches: [{ files: [{}, { amount_total: "300.00" }] }],
      });
      expect(await run()).toMatchObject({ holds: [], batches: [{ files: [{ amount_total: "300.00" }] }] });
    });
  });

  describe("zero_lines", () => {
    const withZeros = async () => {
      await stageBudget(world, "25-1001", [
        ["L1", null, "03-100", "M", "100.00"],
        ["L2", null, "16-700", "M", "0.00"],
        ["L3", null, "16-700", "L", "-0.00"],
        ["L4", "PH1", "01-510", "C", "5.00"],
        ["L5", "PH1", "01-510", "C", "-5.00"],
      ]);
    };
    const reason = async () => {
      const status = await lookAtStatus(world.context, { projectNumber: "25-1001" });
      if (!status.ok) throw new Error(status.problem.message);
      return status.value.projects[0]?.reason;
    };

    it("omit leaves keys of 0.00 out of the file and its count of entries, and records them", async () => {
      await open();
      await withZeros();
      const { batches } = await run();
      expect(batches).toMatchObject([{ files: [{ lines: 1, extras: 0, amount_total: "100.00" }] }]);
      expect(recordsOf()).toHaveLength(2);
      expect(coverSheet()).toContain(
        "3 keys (job, extra, cost code, category) came to 0.00 and are left out",
      );
      expect(await reason()).toContain("0 of 1 entries posted");
      expect((await reconcileAll(world.context)).companies[0]?.lines).toMatchObject({
        posted: 3,
        awaiting_posting: 1,
      });
    });

    it("when_new writes those that the job lacks, once; they are no entries that anybody waits for", async () => {
      await open({ jce: { zero_lines: "when_new" } });
      await world.sage.enter({
        ...{ job: "25-1001", extra: "", costCode: "16-700", category: "LAB" },
        ...{ kind: "original", cents: 1n },
      });
      await world.sage.enter({
        ...{ job: "25-1001", extra: "", costCode: "16-700", category: "LAB" },
        ...{ kind: "original", cents: -1n },
      });
      await withZeros();
      // Entries that make up for each other are an estimate all the same: somebody has to say what they are.
      const decision = { source: "zero", reason: "a cent and back" } as const;
      expect(await baselineOf(world.context, "25-1001", { decision })).toMatchObject({ ok: true });

      const { batches, holds } = await run();
      expect(holds).toEqual([]);
      expect(batches).toMatchObject([{ files: [{ lines: 3, extras: 1, amount_total: "100.00" }] }]);
      expect(recordsOf()).toEqual([
        '*,"25-1001","Riverside Clinic"',
        'C,"03-100","Cast-in-place concrete","MAT",03022026,0.00,"",100.00,,,,,""',
        'C,"16-700","Communications","MAT",03022026,0.00,"",0.00,,,,,""',
        'E,"CO-001","Phase one"',
        'C,"01-510","Temporary Utilities","SUB",03022026,0.00,"",0.00,,,,,"CO-001"',
      ]);
      expect(await reason()).toContain("0 of 1 entries posted");
      expect(coverSheet()).toContain("1 key (job, extra, cost code, category) came to 0.00 and is left out");

      await world.importBatch("ACME-000001");
      await world.sage.post({ which: "all" });
      const [reconciled] = (await reconcileAll(world.context)).companies;
      expect(reconciled).toMatchObject({
        lines: { posted: 4, awaiting_posting: 0 },
        differences: [],
        unexpected: 0,
      });
      expect(await reason()).toBe("");

      // Known by now: accepted again, nothing is sent.
      await world.statement("update staging.budget set erp_status = 'accepted'");
      expect(await run()).toMatchObject({ batches: [], nothing_to_send: ["B-25-1001"] });
    });

    it("when_new holds a key of 0.00 that Sage would reject; omit lets it be", async () => {
      await open({ jce: { zero_lines: "when_new" } });
      await world.sage.addStandardCostCode("90-000", "Sum", true);
      world.map("cost-codes", "project_number,cost_code,sage_cost_code\n,03-100,03-100\n,90,90-000\n");
      await stageBudget(world, "25-1001", [
        ["L1", null, "03-100", "M", "100.00"],
        ["L2", null, "90", "M", "0.00"],
      ]);
      expect(await run()).toMatchObject({
        holds: [{ rule: "group_cost_code", staging_line_id: "L2" }],
        batches: [],
      });
      const [own] = world.context.config.companies;
      if (!own) throw new Error("there is a company");
      const companies = [{ ...own, jce: { ...own.jce, zero_lines: "omit" as const } }];
      const omitting = { ...world.context, config: { ...world.context.config, companies } };
      expect((await exportAll(omitting)).companies).toMatchObject([{ holds: [], batches: [{}] }]);
    });

    it("when_new writes a new key once, though budget and modification both have it at 0.00 or with an amount", async () => {
      await open({ jce: { zero_lines: "when_new" } });
      await stageBudget(world, "25-1001", [
        ["L1", null, "03-100", "M", "100.00"],
        ["L2", null, "16-700", "M", "0.00"],
      ]);
      await stageModification(world, "25-1001", "1", [
        ["A1", null, "03-100", "M", "0.00"],
        ["A2", null, "16-700", "M", "0.00"],
        ["A3", null, "01-510", "M", "7.00"],
      ]);
      expect(await run()).toMatchObject({
        batches: [
          {
            files: [
              { lines: 2, amount_total: "100.00" },
              { lines: 1, amount_total: "7.00" },
            ],
          },
        ],
      });
    });

    it("when_new knows a rejected record of 0.00 for what it is", async () => {
      await open({ jce: { zero_lines: "when_new" }, rejects: "rejects" });
      await withZeros();
      await run();
      await world.sage.addCostCode({ job: "25-1001", costCode: "16-700" }, "", { status: "Closed" });
      const report = await world.sage.importFile({
        ...{ fileName: "ACME-000001-1-original.jce", bytes: bytesOf("1-original") ?? Buffer.of() },
        ...{ asApprovedChange: false, allowCostCodeCreation: false },
      });
      expect(report.rejected).toHaveLength(2);
      mkdirSync(join(pair.folder, "rejects"));
      writeFileSync(join(pair.folder, "rejects", "rejected.jce"), report.rejectFile ?? "");
      await world.sage.post({ which: "all" });
      const [reconciled] = (await reconcileAll(world.context)).companies;
      expect(reconciled?.rejects).toEqual([
        { name: "rejected.jce", records: 2, batch_id: "ACME-000001", problems: [] },
      ]);
      expect(reconciled).toMatchObject({ lines: { posted: 4, rejected_in_sage: 0 }, synced: ["B-25-1001"] });
    });

    it("when_new sends a budget of nothing but 0.00, which is free at the next reconciliation", async () => {
      await open({ jce: { zero_lines: "when_new" } });
      await stageBudget(world, "25-1001", [["L1", null, "03-100", "M", "0.00"]]);
      expect(await run()).toMatchObject({ batches: [{ files: [{ lines: 1, amount_total: "0.00" }] }] });
      expect(await reason()).toContain("nothing of it has an amount to be posted");
      expect((await reconcileAll(world.context)).companies[0]).toMatchObject({ synced: ["B-25-1001"] });
    });
  });

  describe("create_cost_codes", () => {
    const BOX = "Allow creation of Cost Codes not on standard Cost Code list";
    const withNewCode = async () => {
      world.map(
        "cost-codes",
        "project_number,cost_code,sage_cost_code\n,03-100,03-100\n,77,77-700\n,78,78-800\n",
      );
      await world.sage.addCostCode({ job: "25-1001", costCode: "78-800" }, "On the job already");
      await stageBudget(world, "25-1001", [
        ["L1", null, "03-100", "M", "1.00"],
        ["L2", "PH1", "77", "M", "2.00"],
        ["L3", "PH1", "77", "L", "3.00"],
        ["L4", null, "78", "L", "4.00"],
      ]);
    };

    it("true lets codes go that Sage lacks; the cover sheet lists them and says to tick the box", async () => {
      await open({ create_cost_codes: true });
      await withNewCode();
      await stageModification(world, "25-1001", "1", [["A1", null, "03-100", "M", "9.00"]]);
      expect(await run()).toMatchObject({ holds: [] });
      const [, first = "", second = ""] = coverSheet().split(/Import the (?=original|approved)/);
      expect(first).toContain(`☑ ${BOX} must be TICKED`);
      expect(first).toMatch(
        /New cost codes that this import creates in Sage Job Extra Cost code 25-1001 CO-001 77-700 ☐/,
      );
      expect(second).toContain(`☐ ${BOX} must NOT be ticked`);
      expect(recordsOf()).toContain('C,"77-700","","MAT",03022026,0.00,"",2.00,,,,,"CO-001"');

      for (const kind of ["1-original", "2-approved-changes"] as const) {
        const report = await world.sage.importFile({
          ...{ fileName: `ACME-000001-${kind}.jce`, bytes: bytesOf(kind) ?? Buffer.of() },
          asApprovedChange: kind === "2-approved-changes",
          allowCostCodeCreation: kind === "1-original",
        });
        expect(report).toMatchObject({ stopped: null, rejected: [] });
      }
      await world.sage.post({ which: "all" });
      expect((await reconcileAll(world.context)).companies[0]).toMatchObject({
        synced: ["B-25-1001", "M-25-1001-1"],
      });

      // What the import has created is new no more.
      await world.statement("update staging.budget set erp_status = 'accepted'");
      await world.statement(
        "update staging.budget_line_item set original_amount = '20.00' where line_item_id = 'L2'",
      );
      await run();
      expect(coverSheet("ACME-000002")).toContain(`☐ ${BOX} must NOT be ticked`);
      expect(coverSheet("ACME-000002")).not.toContain("New cost codes");
    });

    it("false holds them, and the cover sheet does not speak of the box", async () => {
      await open();
      await withNewCode();
      await stageBudget(world, "25-1002", [["N1", null, "03-100", "M", "1.00"]]);
      expect(await run()).toMatchObject({
        holds: [
          { rule: "cost_code_not_in_sage", staging_line_id: "L2" },
          { rule: "cost_code_not_in_sage", staging_line_id: "L3" },
        ],
      });
      expect(coverSheet()).not.toContain(BOX);
    });
  });

  describe("the transaction date", () => {
    const dayInFile = async () =>
      recordsOf()
        .find((record) => record.startsWith("C"))
        ?.split(",")[4];
    const manifestDay = () =>
      JSON.parse(world.folder("ACME-000001").get("ACME-000001-manifest.json")?.toString("utf8") ?? "{}")
        .transaction_date;

    it.each([
      ["the day of the run where the company is", {}, "2026-03-02T04:59:59Z", undefined, "2026-03-01"],
      ["the same, a second later", {}, "2026-03-02T05:00:00Z", undefined, "2026-03-02"],
      [
        "the company's own day",
        { timezone: "Pacific/Auckland" },
        "2026-03-02T12:00:00Z",
        undefined,
        "2026-03-03",
      ],
      ["the day that is given, in the past", {}, "2026-03-02T15:00:00Z", "2024-02-29", "2024-02-29"],
      ["the day that is given, in the future", {}, "2026-03-02T15:00:00Z", "2026-12-31", "2026-12-31"],
      [
        "not_before, if the run is earlier",
        { not_before: "2026-04-01" },
        "2026-03-02T15:00:00Z",
        undefined,
        "2026-04-01",
      ],
      [
        "not_before, if the given day is earlier",
        { not_before: "2026-04-01" },
        "2026-03-02T15:00:00Z",
        "2026-03-31",
        "2026-04-01",
      ],
      [
        "the given day, if it is not_before",
        { not_before: "2026-04-01" },
        "2026-03-02T15:00:00Z",
        "2026-04-01",
        "2026-04-01",
      ],
      [
        "a later day than not_before",
        { not_before: "2026-04-01" },
        "2026-04-02T15:00:00Z",
        undefined,
        "2026-04-02",
      ],
    ])("is %s", async (_what, company, now, given, expected) => {
      await open(company);
      world.clock.set(now);
      await stageBudget(world, "25-1001", [["L1", null, "03-100", "M", "1.00"]]);
      expect((await planAll(world.context, { transactionDate: given })).companies[0]?.transaction_date).toBe(
        expected,
      );
      await run(given);
      const [year, month, day] = expected.split("-");
      expect(await dayInFile()).toBe(`${month}${day}${year}`);
      expect(manifestDay()).toBe(expected);
      expect(coverSheet()).toContain(`Transaction date ${month}/${day}/${year}`);
    });
  });

  describe("batches", () => {
    const stageAll = async (...sizes: readonly (readonly [project: string, lines: number])[]) => {
      await world.sage.addJob("25-1003", "Garage");
      world.map("jobs", "project_number,job\n25-1001,25-1001\n25-1002,25-1002\n25-1003,25-1003\n");
      const keys = ["03-100", "16-700", "01-510"].flatMap((code) =>
        ["L", "M", "C"].map((type) => [code, type] as const),
      );
      for (const [project, lines] of sizes)
        await stageBudget(
          world,
          project,
          keys
            .slice(0, lines)
            .map(([code, type], n) => [`${project}-${n}`, null, code, type, "1.00"] as const),
        );
    };
    const jobsOf = (company: CompanyExport) =>
      company.batches.map(({ batch_id }) =>
        recordsOf("1-original", batch_id)
          .filter((record) => record.startsWith("*"))
          .map((record) => Number(record.split(",")[1]?.slice(6, -1))),
      );

    it.each([
      ["project", 5_000, [[1], [2], [3]]],
      ["company", 5_000, [[1, 2, 3]]],
      ["company", 9, [[1, 2, 3]]],
      ["company", 8, [[1, 2], [3]]],
      ["company", 4, [[1], [2], [3]]],
      ["company", 1, [[1], [2], [3]]],
    ] as const)(
      "by %s of at most %i lines never split a project of 4, 2 and 3 lines",
      async (batch_by, max_lines_per_batch, expected) => {
        await open({ batch_by, max_lines_per_batch });
        await stageAll(["25-1003", 3], ["25-1001", 4], ["25-1002", 2]);
        const company = await run();
        expect(jobsOf(company)).toEqual(expected);
        expect(company.batches.map(({ batch_id }) => batch_id)).toEqual(
          expected.map((_, n) => `ACME-00000${n + 1}`),
        );
      },
    );

    it("by company keep a budget and its modifications together, and leave out whoever is held", async () => {
      await open({ batch_by: "company" });
      await stageAll(["25-1001", 1], ["25-1002", 1], ["25-1003", 1]);
      await world.statement("update staging.budget set accepted_by = null where budget_id = 'B-25-1002'");
      for (const project of ["25-1001", "25-1002", "25-1003"])
        await stageModification(world, project, "1", [[`A-${project}`, null, "03-100", "L", "1.00"]]);
      const company = await run();
      expect(company.batches).toHaveLength(1);
      for (const kind of ["1-original", "2-approved-changes"] as const)
        expect(recordsOf(kind).filter((record) => record.startsWith("*"))).toEqual([
          '*,"25-1001","Riverside Clinic"',
          '*,"25-1003","Garage"',
        ]);
      expect(company.holds.map(({ rule, document_id }) => [rule, document_id])).toEqual([
        ["acceptance_without_name", "B-25-1002"],
      ]);
    });

    it("by company keep two projects of one job apart, so that a key is in a file once", async () => {
      await open({ batch_by: "company" });
      await stageAll(["25-1001", 1], ["25-1002", 1], ["25-1003", 1]);
      world.map(
        "jobs",
        "project_number,job,shared\n25-1001,25-1001,yes\n25-1002,25-1001,yes\n25-1003,25-1003,\n",
      );
      expect(jobsOf(await run())).toEqual([[1], [1, 3]]);
    });
  });
});

describe("switches that are refused", () => {
  const pair = {
    ...{ engine: "sqlite", user: null, folder: ".", remove: async () => {} },
    ...{ staging: { client: "sqlite", filename: "s.db" }, sage: { client: "sqlite", filename: "g.db" } },
  } as unknown as DatabasePair;

  it.each([
    ["jce.encoding", { jce: { encoding: "utf-16le" } }],
    ["jce.encoding", { jce: { encoding: "base64" } }],
    ["jce.encoding", { jce: { encoding: "windows-9999" } }],
    ["jce.extra_field", { jce: { extra_field: 8 } }],
    ["jce.extra_field", { jce: { extra_field: 14 } }],
    ["jce.max_amount", { jce: { max_amount: "100000000.00" } }],
    ["jce.max_amount", { jce: { max_amount: "0.00" } }],
    ["jce.max_amount", { jce: { max_amount: "10.001" } }],
    ["jce.zero_lines", { jce: { zero_lines: "always" } }],
    ["jce.comment", { jce: { comment: "yes" } }],
    ["jce.quote_ids", { jce: { quote_ids: true } }],
    ["batch_by", { batch_by: "job" }],
    ["max_lines_per_batch", { max_lines_per_batch: 0 }],
    ["not_before", { not_before: "2026-02-29" }],
    ["not_before", { not_before: "04/01/2026" }],
    ["create_cost_codes", { create_cost_codes: "yes" }],
  ])("%s names its path: %j", (path, company) => {
    expect(() => testConfig(pair, company)).toThrow(`companies[0].${path}`);
  });

  it.each(["2026-02-29", "2026-13-01", "03/02/2026", "2026-3-2", "20260302", "tomorrow", ""])(
    'export --date "%s" is a usage error, before anything is read',
    async (day) => {
      const { code, out } = await tieout("export", "--date", day, "--json");
      expect(code).toBe(3);
      expect(JSON.parse(out)).toMatchObject({ error: { name: "day_invalid" } });
    },
  );
});
