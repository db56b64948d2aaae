import { runCli } from "../../src/cli/cli.ts";

/** Runs a command line in this process, without an environment: its exit code and what it said. */
export async function tieout(...args: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await runCli([...args], {
    env: {},
    stdout: { write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => err.push(text) },
  });
  return { code, out: out.join(""), err: err.join("") };
}
