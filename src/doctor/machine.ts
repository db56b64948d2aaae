import { type Config, companyTimezone } from "../config/schema.ts";
import { dayIn } from "../core/time.ts";
import { type Finding, problem, type Seen, warning } from "./findings.ts";

/** The oldest Node.js that the program runs on, as `package.json` says under `engines`. */
const OLDEST_NODE = [20, 19] as const;

export function checkNode(version: string): Seen {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return {
    detail: `Node.js ${version}`,
    findings: isOld
      ? [
          problem(
            `Expected Node.js ${OLDEST_NODE.join(".")} or newer, this is ${version}.`,
            "Install a current version of Node.js, then run `npm ci` in the program's folder.",
          ),
        ]
      : [],
  };
}

/** Moments whose day differs by the hour that a clock was set forward or back: 2026-03-08 and 2026-11-01 in New York. */
const CLOCK_CHANGES = [
  { zone: "America/New_York", moment: "2026-03-09T03:30:00Z", day: "2026-03-08" },
  { zone: "America/New_York", moment: "2026-11-01T04:30:00Z", day: "2026-11-01" },
  { zone: "Australia/Sydney", moment: "2026-04-04T13:30:00Z", day: "2026-04-05" },
] as const;

export function checkTimeZones(config: Config, today: Date, day: typeof dayIn = dayIn): Seen {
  const zones = new Set([
    config.timezone,
    ...config.companies.map((company) => companyTimezone(config, company)),
  ]);
  const wrong = CLOCK_CHANGES.filter(
    ({ zone, moment, day: expected }) => day(zone, new Date(moment)) !== expected,
  );
  return {
    detail: [...zones].map((zone) => `${zone}: ${day(zone, today)}`).join(", "),
    findings: wrong.map(({ zone, moment, day: expected }) =>
      problem(
        `Expected ${expected} in ${zone} at ${moment}, the time zone data says ${day(zone, new Date(moment))}.`,
        "Install a Node.js with full time zone data (the official builds have it), or update it.",
      ),
    ),
  };
}

/** What a configuration allows and somebody should know. That it can be read at all is seen before. */
export function checkConfiguration(config: Config): Seen {
  const findings: Finding[] = [];
  const connections = [
    { name: "staging", connection: config.staging },
    ...config.companies.map(({ id, sage }) => ({ name: `${id}: sage`, connection: sage })),
  ];
  for (const { name, connection } of connections) {
    if (connection.client !== "sqlserver") continue;
    if (!connection.encrypt)
      findings.push(
        warning(
          `${name}: encrypt is false, so password and data cross the network readable.`,
          "Set encrypt: true.",
        ),
      );
    else if (connection.trust_server_certificate)
      findings.push(
        warning(
          `${name}: trust_server_certificate is true, so a forged server is trusted too.`,
          "Install the server's certificate authority on this machine, and set trust_server_certificate: false.",
        ),
      );
  }
  const users = new Map<string, string>();
  for (const { id, mappings, outbox, rejects, reports } of config.companies) {
    for (const [key, folder] of Object.entries({ mappings, outbox, rejects, reports })) {
      if (folder === null) continue;
      const name = `${id}: ${key}`;
      const other = users.get(folder.toLowerCase());
      if (other !== undefined)
        findings.push(
          warning(`${name} is the folder of ${other} too: ${folder}.`, "Give each its own folder."),
        );
      users.set(folder.toLowerCase(), name);
    }
  }
  return { findings, detail: `companies: ${config.companies.map(({ id }) => id).join(", ")}` };
}
