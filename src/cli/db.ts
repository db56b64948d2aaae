import { systemClock } from "../core/time.ts";
import { migrateJournal } from "../journal/migrate.ts";
import { createStaging } from "../staging/create-staging.ts";
import type { AddCommand } from "./command.ts";
import { EXIT, refuse, writeJson } from "./io.ts";
import { type CommonOptions, withCommonOptions, withSession } from "./session.ts";

export const addDb: AddCommand = (program, io, finish) => {
  const db = program.command("db").description("make and upgrade what stands in the staging database");

  withCommonOptions(db.command("create-staging"), { company: false })
    .description("make the staging tables that are not there yet")
    .action(async (options: CommonOptions) => {
      const needs = { create: true, staging: false, journal: false };
      const work = async ({ db, names }: Parameters<Parameters<typeof withSession>[2]>[0]) => {
        await createStaging(db, names);
        if (options.json) writeJson(io, { created: true });
        else io.stdout.write("The staging tables are there.\n");
        return EXIT.done;
      };
      finish(await withSession(io, options, work, needs));
    });

  withCommonOptions(db.command("migrate"), { company: false })
    .description("make the journal, or bring it to this program's version")
    .action(async (options: CommonOptions) => {
      // The journal's view joins the staging tables, so those come first.
      const needs = { journal: false };
      const work = async ({ db, names }: Parameters<Parameters<typeof withSession>[2]>[0]) => {
        const made = await migrateJournal(db, names, systemClock);
        if (!made.ok) return refuse(io, options.json, made.problem);
        if (options.json) writeJson(io, { migrations: made.value });
        else if (made.value.length === 0) io.stdout.write("The journal is up to date.\n");
        else io.stdout.write(`The journal was brought up to date: ${made.value.join(", ")}.\n`);
        return EXIT.done;
      };
      finish(await withSession(io, options, work, needs));
    });
};
