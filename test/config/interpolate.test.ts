import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { interpolate } from "../../src/config/interpolate.ts";
import { env, file, findings, loaded, MINIMAL, refused, tempFolder } from "./support.ts";

const withPassword = (password: string, further = "") =>
  MINIMAL.replace(
    /^staging:.*/m,
    `staging: { client: sqlserver, server: s, database: d, user: u, password: "${password}"${further} }`,
  );

describe("a reference", () => {
  test("may stand several times in a value, beside other text", async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "pw"), "from\nfile\n");
    const { config, secrets, sources } = await loaded(
      withPassword(`<${env("A")}${env("B")}|${file("./pw")}>`),
      { A: "a", B: "b" },
      folder,
    );
    expect(config.staging).toMatchObject({ password: "<ab|from\nfile>" });
    expect(secrets).toEqual(["<ab|from\nfile>"]);
    expect(sources.get("staging.password")).toBe("env:A, env:B, file:./pw");
    expect(sources.get("staging.server")).toBe("file");
    expect(sources.has("staging.schema")).toBe(false);
  });

  test("to a file leaves out the last line end only, and a byte order mark", async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "pw"), "\uFEFF pass \r\n\r\n");
    const { secrets } = await loaded(withPassword(file(join(folder, "pw"))), {}, folder);
    expect(secrets).toEqual([" pass \r\n"]);
  });

  test("is replaced once: what comes in is taken as it is", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary" }),
        fc.constantFrom("", env("X"), "$&", "${"),
        async (text, part) => {
          const brought = text + part;
          const { value, missing, malformed } = await interpolate([`-${env("A")}-`], "/", { A: brought });
          expect({ value, missing, malformed }).toEqual({
            value: [`-${brought}-`],
            missing: [],
            malformed: [],
          });
        },
      ),
    );
  });

  test("brings numbers and flags where the schema wants them, and text where it wants text", async () => {
    const { config } = await loaded(
      `${withPassword(env("DIGITS"), `, port: "${env("PORT")}", encrypt: "${env("FLAG")}"`)}    overdue_after_days: ${env("DAYS")}
    jce: { max_amount: "${env("AMOUNT")}" }
`,
      { DIGITS: "0123", PORT: "1433", FLAG: "False", DAYS: "7", AMOUNT: "1000.50" },
    );
    expect(config.staging).toMatchObject({ password: "0123", port: 1433, encrypt: false });
    expect(config.companies[0]).toMatchObject({
      overdue_after_days: 7,
      jce: { max_amount: 100_050n },
    });
  });

  test("that brings something else is told by its name", async () => {
    const problem = await refused(withPassword("x", `, port: "${env("PORT")}"`), { PORT: "99999" });
    expect(findings(problem)).toEqual([
      "staging.port: expected a whole number from 1 to 65535, got the value of env:PORT",
    ]);
  });

  test("does not make a number of a quoted text in the file", async () => {
    expect(findings(await refused(withPassword("x", ', port: "1433"')))).toEqual([
      'staging.port: expected a whole number, got "1433"',
    ]);
  });
});

describe("a reference that leads nowhere", () => {
  test("is config_secret_missing, with the key and the variable or file, all at once", async () => {
    const folder = tempFolder();
    const problem = await refused(
      withPassword(
        env("PW"),
        `, port: "${env("PORT")}", domain: "${file("no/such")}", instance: "${file(".")}"`,
      ),
      { PW: undefined },
      folder,
    );
    expect(problem.name).toBe("config_secret_missing");
    expect(findings(problem)).toEqual([
      "staging.password: the environment variable PW is not set",
      "staging.port: the environment variable PORT is not set",
      `staging.domain: the file ${join(folder, "no/such")} cannot be read: it does not exist`,
      `staging.instance: the file ${folder} cannot be read: it is a folder`,
    ]);
  });

  test("is told together with the mistakes of other keys", async () => {
    const problem = await refused(`${withPassword(env("PW"))}    batch_by: job\n`);
    expect(problem.name).toBe("config_invalid");
    expect(findings(problem)).toEqual([
      "staging.password: the environment variable PW is not set",
      'companies[0].batch_by: expected project or company, got "job"',
    ]);
  });

  test("is refused if it is not written as one", async () => {
    const places = ["$" + "{PW}", "$" + "{ENV:PW}", "$" + "{env:}", "$" + "{env:PW"];
    for (const written of places)
      expect(findings(await refused(withPassword(written), { PW: "x" }))).toEqual([
        `staging.password: a reference is written ${env("NAME")} or ${file("PATH")}`,
      ]);
  });
});
