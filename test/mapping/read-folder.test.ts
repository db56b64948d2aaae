import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseMappingSet } from "../../src/mapping/parse.ts";
import type { MappingOutcome } from "../../src/mapping/problems.ts";
import { loadMappingFolder, readMappingFolder } from "../../src/mapping/read-folder.ts";

const rules = { formats: { job: null, cost_code: null, extra: null } };
const good = {
  "jobs.csv": "project_number,job\n25-1001,25-1001\n",
  "extras.csv": "project_number,sub_job,extra,description\n25-1001,PH1,P1,Phase één\n",
  "cost-codes.csv": "project_number,cost_code,sage_cost_code\n,01-510,01-510\n",
  "categories.csv": "project_number,cost_type,category\n,L,LAB\n",
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mapping-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string | Buffer | null>>) {
  for (const [name, content] of Object.entries({ ...good, ...files }))
    if (content !== null) await writeFile(join(folder, name), content);
}

async function mistakes(of: Promise<MappingOutcome<unknown>> = readMappingFolder(folder)) {
  const outcome = await of;
  return outcome.ok ? [] : outcome.problem.mistakes.map(({ name, file, row }) => [name, file, row]);
}

describe("the mapping folder", () => {
  it("gives its four files, whose names may be in any case, and leaves others alone", async () => {
    await write({ "jobs.csv": null, "Jobs.CSV": good["jobs.csv"] });
    await write({ "jobs.csv": null, "~$jobs.csv": "x", "extras.csv.tmp": "x", "notes.txt": "x" });
    const outcome = await readMappingFolder(folder);
    const files = outcome.ok ? outcome.value : [];
    expect(files.map(({ name, text }) => [name, text])).toEqual(Object.entries(good));
    expect(files[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("gives texts that make the same set when they come from elsewhere", async () => {
    await write({ "jobs.csv": `\ufeff${good["jobs.csv"]}` });
    const loaded = await loadMappingFolder(folder, rules);
    const read = await readMappingFolder(folder);
    const copy = JSON.parse(JSON.stringify(read.ok ? read.value : []));
    const parsed = parseMappingSet(copy, rules);
    expect(loaded.ok && parsed.ok && parsed.value.sha256 === loaded.value.sha256).toBe(true);
    expect(loaded.ok && loaded.value.job("25-1001")?.source).toBe("jobs.csv:2");
  });

  it("may lack extras.csv, but not the others", async () => {
    await write({ "extras.csv": null });
    expect((await loadMappingFolder(folder, rules)).ok).toBe(true);
    await rm(join(folder, "jobs.csv"));
    await rm(join(folder, "categories.csv"));
    expect(await mistakes()).toEqual([
      ["mapping_file_missing", "jobs.csv", null],
      ["mapping_file_missing", "categories.csv", null],
    ]);
  });

  it("is told apart from one that has the file as a workbook only", async () => {
    await write({ "extras.csv": null, "Extras.xlsx": "x" });
    const outcome = await readMappingFolder(folder);
    expect(!outcome.ok && outcome.problem.message).toContain(
      "extras.csv: the file is missing; there is an Excel",
    );
  });

  it("is refused if it is missing or no folder", async () => {
    const missing = await readMappingFolder(join(folder, "none"));
    expect(!missing.ok && missing.problem.name).toBe("mapping_folder_missing");
    await write({});
    const file = await loadMappingFolder(join(folder, "jobs.csv"), rules);
    expect(!file.ok && file.problem).toMatchObject({
      name: "mapping_folder_unreadable",
      message: expect.stringContaining("ENOTDIR"),
    });
  });
});

describe("a file that is no UTF-8 text", () => {
  it.each([
    ["mapping_encoding", Buffer.from("project_number,job\nA,1\nB\xe9zier,2\n", "latin1"), 3],
    ["mapping_utf16", Buffer.from(`\ufeff${good["jobs.csv"]}`, "utf16le"), null],
    ["mapping_utf16", Buffer.from(`\ufeff${good["jobs.csv"]}`, "utf16le").swap16(), null],
    ["mapping_utf16", Buffer.from(good["jobs.csv"], "utf16le"), null],
    ["mapping_not_csv", Buffer.from("PK\u0003\u0004rest"), null],
  ])("is refused by name: %s", async (name, content, row) => {
    await write({ "jobs.csv": content });
    expect(await mistakes()).toEqual([[name, "jobs.csv", row]]);
  });

  it("shows the row as windows-1252 has it", async () => {
    await write({ "jobs.csv": Buffer.from("project_number,job,x\nA,1,\x80uro\n", "latin1") });
    const outcome = await readMappingFolder(folder);
    expect(!outcome.ok && outcome.problem.message).toContain('"A,1,€uro"');
  });

  it("is reported together with the mistakes in form of the other files", async () => {
    await write({
      "jobs.csv": Buffer.from("\xe9", "latin1"),
      "categories.csv": "project_number,cost_type\n",
    });
    expect(await mistakes(loadMappingFolder(folder, rules))).toEqual([
      ["mapping_encoding", "jobs.csv", 1],
      ["mapping_column_missing", "categories.csv", 1],
    ]);
  });
});

it("a file that cannot be read is named with the reason", async () => {
  await write({ "jobs.csv": null });
  await mkdir(join(folder, "jobs.csv"));
  const outcome = await readMappingFolder(folder);
  expect(!outcome.ok && outcome.problem.mistakes).toMatchObject([
    { name: "mapping_file_unreadable", file: "jobs.csv", message: expect.stringContaining("EISDIR") },
  ]);
});

it.runIf(process.platform === "linux")("two files whose names differ only by case are refused", async () => {
  await write({ "JOBS.csv": good["jobs.csv"] });
  expect(await mistakes()).toEqual([["mapping_file_twice", "jobs.csv", null]]);
});
