import { expect, it } from "vitest";
import { decodeMappingRows, encodeMappingRows } from "../../src/journal/mapping-rows.ts";

it.each([
  ["jobs.csv:2 cost-codes.csv:14 categories.csv:3", "j2;c14;t3"],
  ["jobs.csv:2 extras.csv:3 same_code same_code", "j2;x3;=;="],
  ["jobs.xlsx:2 cost-codes.xlsx:140", "J2;C140"],
  ["other.csv:1", '"other.csv:1'],
  ["", ""],
])("the mapping rows %s are kept short, and read as they were", (rows, kept) => {
  const written = rows === "" ? [] : rows.split(" ");
  expect(encodeMappingRows(written)).toBe(kept);
  expect(decodeMappingRows(kept)).toEqual(written);
});
