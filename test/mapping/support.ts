import { createHash } from "node:crypto";
import type { MappingFile } from "../../src/core/mapping-set.ts";
import { type MappingRules, parseMappingSet } from "../../src/mapping/parse.ts";

export const rules: MappingRules = { formats: { job: "##-####", cost_code: "##-###", extra: null } };
export const anyFormat: MappingRules = { formats: { job: null, cost_code: null, extra: null } };

export const good = {
  "jobs.csv": "project_number,job\n25-1001,25-1001\n25-1002,25-1002\n",
  "extras.csv": "project_number,sub_job,extra,description\n25-1001,PH1,P1,Phase 1\n,PH1,PX,Any phase 1\n",
  "cost-codes.csv": "project_number,cost_code,sage_cost_code\n,01-510,01-511\n",
  "categories.csv": "project_number,cost_type,category\n,L,LAB\n25-1001,L,LB1\n",
};

export function filesOf(changed: Partial<Record<keyof typeof good, string>> = {}): MappingFile[] {
  return Object.entries({ ...good, ...changed }).map(([name, text]) => ({
    name,
    text,
    sha256: createHash("sha256").update(text).digest("hex"),
  }));
}

export function setOf(changed: Partial<Record<keyof typeof good, string>> = {}, by = rules) {
  const outcome = parseMappingSet(filesOf(changed), by);
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.value;
}

export function problemOf(changed: Partial<Record<keyof typeof good, string>>, by = rules) {
  const outcome = parseMappingSet(filesOf(changed), by);
  if (outcome.ok) throw new Error("the set was taken");
  return outcome.problem;
}

export const mistakesOf = (changed: Partial<Record<keyof typeof good, string>>, by = rules) =>
  problemOf(changed, by).mistakes.map(({ name, file, row, column }) => [name, file, row, column]);

export const messagesOf = (changed: Partial<Record<keyof typeof good, string>>, by = rules) =>
  problemOf(changed, by).mistakes.map(({ message }) => message);

export const costCodes = (...rows: string[]) => ({
  "cost-codes.csv": ["project_number,cost_code,sage_cost_code,cost_type", ...rows, ""].join("\n"),
});
export const jobs = (...rows: string[]) => ({
  "jobs.csv": ["project_number,job,shared", ...rows, ""].join("\n"),
});
export const extras = (...rows: string[]) => ({
  "extras.csv": ["project_number,sub_job,extra,description", ...rows, ""].join("\n"),
});
export const categories = (...rows: string[]) => ({
  "categories.csv": ["project_number,cost_type,category", ...rows, ""].join("\n"),
});
