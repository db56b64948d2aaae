import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const beside = (file) => fileURLToPath(new URL(file, import.meta.url));

/**
 * Runs a Node process from its start to its end, and says what it took. What it prints goes to files in `folder`.
 * @returns `ended`: its exit code, `timeout`, or the signal that killed it (`SIGABRT` where memory ran out); wall and
 *   CPU time; peak memory; with `count` its traffic with the databases instead
 */
export async function runNode(args, { folder, client = "sqlite", timeoutMs = 600_000, count = false }) {
  const files = { out: join(folder, "stdout.txt"), err: join(folder, "stderr.txt") };
  const result = join(folder, "measured.json");
  const preload = count ? ["--import", beside("traffic.mjs")] : ["--require", beside("usage.cjs")];
  const env = { ...process.env, BENCH_CLIENT: client, [count ? "BENCH_TRAFFIC" : "BENCH_USAGE"]: result };
  const started = performance.now();
  const { ended, peakKb } = await spawned([...preload, ...args], { env, files, timeoutMs });
  const wallMs = performance.now() - started;
  const isWhole = typeof ended === "number" && existsSync(result);
  const measured = isWhole ? JSON.parse(readFileSync(result, "utf8")) : {};
  return { ended, files, ...(count ? {} : { wallMs, peakKb }), ...measured };
}

function spawned(args, { env, files, timeoutMs }) {
  const out = openSync(files.out, "w");
  const err = openSync(files.err, "w");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", out, err] });
    let timedOut = false;
    let peakKb;
    const timer = setTimeout(() => {
      timedOut = true;
      peakKb = peakOf(child.pid);
      child.kill("SIGKILL");
    }, timeoutMs);
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      closeSync(out);
      closeSync(err);
      resolve({ ended: timedOut ? "timeout" : (signal ?? code), peakKb });
    });
  });
}

/** What a process that is still there has used at most, where the system tells. */
function peakOf(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
  } catch {
    return undefined;
  }
}

/** Milliseconds from a Node process's start to its end, with nothing preloaded. @throws if it fails */
export async function wallOf(args, folder) {
  const files = { out: join(folder, "stdout.txt"), err: join(folder, "stderr.txt") };
  const started = performance.now();
  const { ended } = await spawned(args, { env: process.env, files, timeoutMs: 600_000 });
  if (ended !== 0)
    throw new Error(`node ${args.join(" ")} ended with ${ended}\n${readFileSync(files.err, "utf8")}`);
  return performance.now() - started;
}
