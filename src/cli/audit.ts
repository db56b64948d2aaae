import type { AddCommand } from "./command.ts";
import { EXIT, refuse, writeAll, writeJson } from "./io.ts";
import { type CommonOptions, withCommonOptions, withSession } from "./session.ts";

interface VerifyOptions extends CommonOptions {
  readonly head?: string;
  readonly headFrom?: string[];
}

/** Only the journal is asked: a chain can be checked where staging is not in order. */
const NEEDS = { staging: false };

export const addAudit: AddCommand = (program, io, finish) => {
  const audit = program.command("audit").description("the audit chain: check it, hand it out");

  withCommonOptions(audit.command("verify"))
    .description("recompute every chain from its events, and compare it with heads kept elsewhere")
    .option("--head <hash>", "a head of the chain that you have kept")
    .option("--head-from <files...>", "manifests, reports or earlier exports that carry one")
    .action(async (options: VerifyOptions) => {
      const { verifyAudit } = await import("../audit/audit.ts");
      const { auditText } = await import("../show/text/audit.ts");
      const work = async (context: Parameters<Parameters<typeof withSession>[2]>[0]) => {
        const result = await verifyAudit(context, options);
        if (!result.ok) return refuse(io, options.json, result.problem);
        if (options.json) writeJson(io, result.value);
        else io.stdout.write(auditText(result.value));
        return result.value.companies.some(({ result }) => result === "broken") ? EXIT.failed : EXIT.done;
      };
      finish(await withSession(io, options, work, NEEDS));
    });

  withCommonOptions(audit.command("export"))
    .description("every event as a line of JSON, with all that its hash is made of")
    .action(async (options: CommonOptions) => {
      const { exportAudit } = await import("../audit/audit.ts");
      const work = async (context: Parameters<Parameters<typeof withSession>[2]>[0]) => {
        const events = exportAudit(context, options);
        await writeAll(io, options.json ? asDocument(events) : asLines(events));
        return EXIT.done;
      };
      finish(await withSession(io, options, work, NEEDS));
    });
};

async function* asLines(events: AsyncIterable<unknown>): AsyncGenerator<string, undefined> {
  for await (const event of events) yield `${JSON.stringify(event)}\n`;
}

async function* asDocument(events: AsyncIterable<unknown>): AsyncGenerator<string, undefined> {
  let before = '{"events":[\n';
  for await (const event of events) {
    yield before + JSON.stringify(event);
    before = ",\n";
  }
  yield before === ",\n" ? "\n]}\n" : `${before}]}\n`;
}
