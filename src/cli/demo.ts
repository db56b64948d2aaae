import { resolve } from "node:path";
import type { AddCommand } from "./command.ts";
import { EXIT, refuse } from "./io.ts";

export const addDemo: AddCommand = (program, io, finish) => {
  program
    .command("demo")
    .description("the whole way on embedded databases with sample data; needs nothing else")
    .option("--dir <folder>", "where to make it; a demo's own folder is made anew", "tieout-demo")
    .action(async ({ dir }: { dir: string }) => {
      const { runDemo } = await import("../demo/demo.ts");
      const failures = await runDemo(resolve(dir), (text) => io.stdout.write(text));
      if (!failures.ok) return finish(refuse(io, false, failures.problem));
      finish(failures.value === 0 ? EXIT.done : EXIT.failed);
    });
};
