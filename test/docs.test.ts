import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { configJsonSchema } from "../src/config/schema.ts";
import { DOCUMENT_TRANSITIONS, IMPORT_LINE_STATES } from "../src/core/states.ts";
import { systemClock } from "../src/core/time.ts";
import { openSqlite } from "../src/db/sqlite.ts";
import { CHECKS } from "../src/doctor/findings.ts";
import { AUDIT_EVENTS } from "../src/journal/audit-events.ts";
import { migrateJournal } from "../src/journal/migrate.ts";
import { JOURNAL_TABLES, namesFor } from "../src/names.ts";
import { createStaging } from "../src/staging/create-staging.ts";
import { tieout } from "./support/cli.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const documents = ["README.md", ...readdirSync(join(root, "docs")).map((name) => join("docs", name))].filter(
  (file) => file.endsWith(".md"),
);

/** The cells of a document's table rows, without the marks of code. */
const tableRows = (text: string): string[][] =>
  text
    .split("\n")
    .filter((row) => row.startsWith("|"))
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const plain = (cell: string | undefined): string => (cell ?? "").replaceAll("`", "");
const named = (cell: string | undefined): string[] =>
  [...(cell ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? "");

describe("docs/errors.md", () => {
  it("has an entry for every problem there is, once, and for none that there is not", async () => {
    const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith("problems.ts"),
    );
    const names: string[] = [];
    for (const file of files) {
      const module = (await import(pathToFileURL(join(root, "src", file)).href)) as Record<string, unknown>;
      for (const [name, value] of Object.entries(module))
        if (name.endsWith("Problems") && typeof value === "object" && value !== null)
          names.push(...Object.keys(value));
    }
    expect(names.length).toBeGreaterThan(50);
    const documented = [...read("docs/errors.md").matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name);
    expect(documented.toSorted()).toEqual(names.toSorted());
  });
});

describe("docs/accountants.md", () => {
  it("names every state of an import line", () => {
    const text = read("docs/accountants.md");
    expect(IMPORT_LINE_STATES.filter((state) => !text.includes(`\`${state}\``))).toEqual([]);
  });
});

describe("docs/auditors.md", () => {
  it("has every event of the audit chain with the words that the program has for it", () => {
    const [, , ...rows] = tableRows(section(read("docs/auditors.md"), "The audit chain"));
    expect(rows.map((row) => row.map(plain))).toEqual(Object.entries(AUDIT_EVENTS).map((row) => [...row]));
  });
});

describe("docs/architecture.md", () => {
  it("has the table of states that the program follows, row by row", () => {
    const [, , ...rows] = tableRows(section(read("docs/architecture.md"), "States"));
    const documented = rows.map((row) => row.map(plain));
    expect(documented).toEqual(
      Object.entries(DOCUMENT_TRANSITIONS).map(([event, transition]) => [
        event,
        transition.by,
        transition.from,
        transition.to,
        transition.synced ? "1" : "0",
        transition.locked ? "1" : "0",
        transition.budget,
        transition.lines,
        transition.movement.join(" → "),
      ]),
    );
  });

  it("names only files that are there", () => {
    const missing = [...read("docs/architecture.md").matchAll(/`((?:src|jobs|test|config)\/[\w./-]*)`/g)]
      .map(([, path]) => path ?? "")
      .filter((path) => !path.includes("NAME") && !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });
});

describe("docs/operators.md", () => {
  const rows = tableRows(read("docs/operators.md"));

  it("lists every table of the journal with its columns, as a migration makes them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tieout-docs-"));
    const db = openSqlite(join(folder, "staging.db"));
    try {
      const names = namesFor("sqlite");
      await createStaging(db, names);
      expect(await migrateJournal(db, names, systemClock)).toMatchObject({ ok: true });
      for (const table of JOURNAL_TABLES) {
        const columns = await db.query(
          db.sql.build.raw("select name from pragma_table_info(?) order by cid", [names.journal(table)]),
        );
        const documented = rows.find(([first]) => first === `\`${table}\``);
        expect([table, ...named(documented?.[1])]).toEqual([table, ...columns.map((column) => column.name)]);
      }
    } finally {
      await db.close();
      rmSync(folder, { recursive: true });
    }
  });

  it("lists every configuration key, and none that there is not", () => {
    const databaseKeys = new Set<string>();
    const keys = leaves(configJsonSchema() as JsonSchema).flatMap((path) => {
      const [, database, key] = /^(staging|companies\.sage)\.([\w.]+)$/.exec(path) ?? [];
      if (!database || !key) return [path.replace(/^companies\./, "")];
      databaseKeys.add(key);
      return [];
    });
    const configuration = tableRows(section(read("docs/operators.md"), "Configuration"))
      .flatMap(([first]) => named(first))
      .filter((key) => !["staging", "companies", "sage"].includes(key));
    expect([...new Set(configuration)].toSorted()).toEqual(
      [...new Set([...keys, ...databaseKeys])].toSorted(),
    );
  });
});

describe("docs/operators.md, doctor", () => {
  it("has every check with the words that the program has for it", () => {
    const [, , ...rows] = tableRows(section(read("docs/operators.md"), "Doctor"));
    expect(rows.map((row) => row.map(plain))).toEqual(
      Object.entries(CHECKS).map(([check, { what, why }]) => [check, what, why]),
    );
  });
});

describe("commands", () => {
  const help = async (...args: string[]): Promise<string> => (await tieout(...args, "--help")).out;
  const commandsIn = (text: string): string[] =>
    [...(text.split("Commands:")[1] ?? "").matchAll(/^ {2}(\w[\w-]*)/gm)].map(([, name]) => name ?? "");

  it("that the documents name are there, and all of them are in docs/operators.md", async () => {
    const commands = commandsIn(await help()).filter((name) => name !== "help");
    expect(commands.length).toBeGreaterThan(5);
    const mentioned = documents.flatMap((file) =>
      [...read(file).matchAll(/`tieout ([a-z]+)/g)].map(([, name]) => name ?? ""),
    );
    // Entered wrongly on purpose, to show the message for it.
    expect(mentioned.filter((name) => !commands.includes(name) && name !== "exprot")).toEqual([]);

    const ofDb = commandsIn(await help("db")).filter((name) => name !== "help");
    const table = tableRows(section(read("docs/operators.md"), "Commands")).map(([first]) => plain(first));
    const wanted = [...commands.filter((name) => name !== "db"), ...ofDb.map((name) => `db ${name}`)];
    expect(
      wanted.filter((name) => !table.some((cell) => cell === name || cell.startsWith(`${name} `))),
    ).toEqual([]);
  });

  it("that the README promises are scripts of the package", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    expect(read("README.md")).toContain("npm ci && npm run demo\nnpm ci && npm test\n");
    expect(scripts).toMatchObject({ demo: expect.any(String), test: expect.any(String) });
  });
});

it.each(documents)("the links of %s lead somewhere", (file) => {
  const broken = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? file : join(dirname(file), path);
    if (!existsSync(join(root, target))) return [link];
    return anchor === undefined || anchorsOf(read(target)).includes(anchor) ? [] : [link];
  });
  expect(broken).toEqual([]);
});

const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );

/** What stands under a heading of the second level. */
const section = (text: string, heading: string): string =>
  text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** The paths of all keys that have no keys below them; a list's items stand for the list. */
function leaves(schema: JsonSchema, path = ""): string[] {
  const { properties, items } = schema;
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter((one) => one.properties);
  if (items) return leaves(items, path);
  if (choices.length > 0) return [...new Set(choices.flatMap((choice) => leaves(choice, path)))];
  if (!properties) return [path];
  return Object.entries(properties).flatMap(([key, child]) =>
    leaves(child, path === "" ? key : `${path}.${key}`),
  );
}
