import { projectsOf } from "./data/town.mjs";
import { medianOf } from "./median.mjs";

/** The row that all others are compared with. */
const BASE = "bare copy";
/** Bare rows first, then the commands in the order of their work. */
const GROUP_ORDER = ["bare", "export", "reconcile", "status", "report", "audit"];

/** All that was measured, as `--json` gives it: medians, and their ratios to the bare copy. */
export function summaryOf(options, results, startUp) {
  const base = medianOf((results.get(BASE)?.samples ?? []).map(({ wallMs }) => wallMs));
  const baseCpu = medianOf((results.get(BASE)?.samples ?? []).map(({ cpuMs }) => cpuMs));
  const ratio = (value, to) => (value === null || to === null ? null : Math.round((value / to) * 10) / 10);
  const rows = [...results].map(([name, { group, samples, traffic, killedBy }]) => {
    const median = (key) => medianOf(samples.map((sample) => sample[key]));
    const wallMs = median("wallMs");
    const cpuMs = median("cpuMs");
    const journalBytes = median("journalBytes");
    return {
      name,
      group,
      ended: killedBy ?? "well",
      wall_ms: rounded(wallMs),
      cpu_ms: rounded(cpuMs),
      peak_mib: rounded(median("peakKb") === null ? null : median("peakKb") / 1024),
      rows: traffic?.rows ?? null,
      statements: traffic?.statements ?? null,
      bytes: traffic?.bytes ?? null,
      journal_bytes_a_line: journalBytes === null ? null : rounded(journalBytes / options.lines),
      wall_ratio: ratio(wallMs, base),
      cpu_ratio: ratio(cpuMs, baseCpu),
    };
  });
  const [node] = startUp ?? [];
  return {
    lines: options.lines,
    projects: options.projects,
    largest: Math.max(...projectsOf(options).map(({ size }) => size)),
    foreign: options.foreign,
    indexes: options.indexes,
    client: options.client,
    reports: options.reports,
    runs: options.runs,
    timeout_s: options.timeoutMs / 1000,
    node: process.version,
    rows: rows.sort((a, b) => GROUP_ORDER.indexOf(a.group) - GROUP_ORDER.indexOf(b.group)),
    start_up: (startUp ?? []).map(({ name, wallMs }) => ({
      name,
      wall_ms: rounded(wallMs),
      ratio: ratio(wallMs, node.wallMs),
    })),
  };
}

const rounded = (number) => (number === null ? null : Math.round(number));

/** The same for people, as Markdown. */
export function tableOf({ rows, start_up, ...about }) {
  const whole = (number) => (number === null ? "" : Math.round(number).toLocaleString("en-US"));
  const seconds = (ms) => (ms === null ? "" : (ms / 1000).toFixed(2));
  const head = [
    `${whole(about.lines)} lines in ${whole(about.projects)} ${about.projects === 1 ? "project" : "projects"}, the largest of ${whole(about.largest)}; `,
    `${whole(about.foreign)} other entries in Sage; ${about.client === "sqlite" ? "SQLite" : "SQL Server"}, `,
    `${about.indexes ? "with" : "without"} indexes, ${about.reports ? "with" : "without"} reports; `,
    `${about.runs === 1 ? "one run" : `medians of ${about.runs} runs`}, Node.js ${about.node.slice(1)}.`,
  ].join("");
  const lines = rows.map((row) => [
    row.ended === "well" ? row.name : `${row.name}: ${endOf(row, about)}`,
    row.wall_ratio === null ? "" : row.wall_ratio.toFixed(1),
    row.cpu_ratio === null ? "" : row.cpu_ratio.toFixed(1),
    seconds(row.wall_ms),
    seconds(row.cpu_ms),
    whole(row.peak_mib),
    whole(row.rows),
    whole(row.statements),
    row.bytes === null ? "" : (row.bytes / 1e6).toFixed(1),
    whole(row.journal_bytes_a_line),
  ]);
  const table = markdown(
    ["", "× wall", "× CPU", "wall s", "CPU s", "peak MiB", "rows", "statements", "MB read", "journal B/line"],
    lines,
  );
  const startUp = markdown(
    ["start-up", "× node", "ms"],
    start_up.map(({ name, wall_ms, ratio }) => [name, ratio.toFixed(1), whole(wall_ms)]),
  );
  return `${head}\n\n${table}${start_up.length > 0 ? `\n${startUp}` : ""}`;
}

const endOf = ({ ended }, { timeout_s }) =>
  ended === "timeout" ? `not done after ${timeout_s} s` : `killed (${ended})`;

function markdown(header, rows) {
  const widths = header.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(" | ")} |\n`;
  const rule = `|${widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|\n`;
  return line(header) + rule + rows.map(line).join("");
}
