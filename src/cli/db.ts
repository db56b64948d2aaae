import { systemClock } from "../core/time.ts";
import type { Engine } from "../db/db.ts";
import type { AddCommand } from "./command.ts";
import { EXIT, refuse, writeJson } from "./io.ts";
import { type CommonOptions, namesOf, withCommonOptions, withSession } from "./session.ts";

export const addDb: AddCommand = (program, io, finish) => {
  const db = program.command("db").description("make and upgrade what stands in the staging database");

  withCommonOptions(db.command("create-staging"), { company: false })
    .description("make the staging tables and their indexes that are not there yet")
    .action(async (options: CommonOptions) => {
      const { createStaging } = await import("../staging/create-staging.ts");
      const needs = { create: true, staging: false, journal: false };
      const work = async ({ db, names }: Parameters<Parameters<typeof withSession>[2]>[0]) => {
        await createStaging(db, names);
        if (options.json) writeJson(io, { created: true });
        else io.stdout.write("The staging tables and their indexes are there.\n");
        return EXIT.done;
      };
      finish(await withSession(io, options, work, needs));
    });

  withCommonOptions(db.command("migrate"), { company: false })
    .description("make the journal, or bring it to this program's version")
    .option("--dry-run", "print the statements instead of running them, for a DBA")
    .action(async (options: CommonOptions & { readonly dryRun?: boolean }) => {
      const { migrateJournal, plannedMigration } = await import("../journal/migrate.ts");
      // The journal's view joins the staging tables, so those come first.
      const needs = { journal: false };
      const work = async ({ db, names }: Parameters<Parameters<typeof withSession>[2]>[0]) => {
        if (options.dryRun) {
          const planned = await plannedMigration(db, names, systemClock);
          if (!planned.ok) return refuse(io, options.json, planned.problem);
          if (options.json) writeJson(io, { statements: planned.value });
          else io.stdout.write(scriptOf(planned.value, db.engine));
          return EXIT.done;
        }
        const made = await migrateJournal(db, names, systemClock);
        if (!made.ok) {
          const code = refuse(io, options.json, made.problem);
          return made.problem.name === "journal_in_use" ? EXIT.leftToAnother : code;
        }
        if (options.json) writeJson(io, { migrations: made.value });
        else if (made.value.length === 0) io.stdout.write("The journal is up to date.\n");
        else io.stdout.write(`The journal was brought up to date: ${made.value.join(", ")}.\n`);
        return EXIT.done;
      };
      finish(await withSession(io, options, work, needs));
    });

  withCommonOptions(db.command("grants"), { company: false, json: false })
    .description("print the script that gives the program's login the least rights it needs")
    .option("--user <name>", "the database user (default: the one of the configuration)")
    .action(async (options: CommonOptions & { readonly user?: string }) => {
      const { configFile, loadConfig } = await import("../config/load.ts");
      const { grantsScript } = await import("../doctor/grants.ts");
      // Nothing is asked of a database: its administrator may run this where no login works yet.
      const loaded = await loadConfig(configFile(options.config, io.env), io.env);
      if (!loaded.ok) return finish(refuse(io, false, loaded.problem));
      const { config } = loaded.value;
      io.stdout.write(grantsScript(config, namesOf(config), options.user));
      finish(EXIT.done);
    });
};

/** Statements as a script: a batch each on SQL Server, whose views and schemas must be made in one of their own. */
const scriptOf = (statements: readonly string[], engine: Engine): string =>
  statements.length === 0
    ? "-- The journal is up to date: there is nothing to run.\n"
    : statements.map((statement) => `${statement};\n${engine === "sqlserver" ? "go\n" : ""}`).join("");
