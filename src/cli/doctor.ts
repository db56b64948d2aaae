import { systemClock } from "../core/time.ts";
import { realFiles } from "../files.ts";
import { runProblems } from "../run/problems.ts";
import type { AddCommand } from "./command.ts";
import { EXIT, refuse, writeJson } from "./io.ts";
import { type CommonOptions, namesOf, withCommonOptions } from "./session.ts";

export const addDoctor: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("doctor"))
    .description("check everything a run depends on, and say how to mend it; changes nothing")
    .action(async (options: CommonOptions) => {
      const { configFile, loadConfig } = await import("../config/load.ts");
      const { examine } = await import("../doctor/examine.ts");
      const { doctorResult } = await import("../doctor/result.ts");
      const { openLog } = await import("../log.ts");
      const { doctorText } = await import("../show/text/doctor.ts");
      // What stands in the way of other commands is what this one is for: only a configuration must be there.
      const loaded = await loadConfig(configFile(options.config, io.env), io.env);
      if (!loaded.ok) return finish(refuse(io, options.json, loaded.problem));
      const { config } = loaded.value;
      const companies = config.companies.map((company) => company.id);
      if (options.company !== undefined && !companies.includes(options.company))
        return finish(refuse(io, options.json, runProblems.company_unknown(options.company, companies)));
      const target = openLog({ level: config.log.level, folder: null, terminal: io.stderr.isTTY ?? false });
      try {
        const checks = await examine(
          {
            config,
            names: namesOf(config),
            clock: systemClock,
            files: realFiles,
            log: target.log,
            signal: new AbortController().signal,
            nodeVersion: process.version,
          },
          options.company,
        );
        const result = doctorResult(checks);
        if (options.json) writeJson(io, result);
        else io.stdout.write(doctorText(result));
        finish(result.findings.length > 0 ? EXIT.needsPerson : EXIT.done);
      } finally {
        await target.close();
      }
    });
};
