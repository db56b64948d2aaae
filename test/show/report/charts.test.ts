import { expect, it } from "vitest";
import { barRows } from "../../../src/show/report/charts.ts";

const CHART_WIDTH = 960;
/** Figures of 13px are 7.3px wide in the widest of the fonts that the style names. */
const FIGURE_WIDTH = 7.3;

it.each([
  ["1.00", 1, "0.00", 0],
  ["13,012,705.00", 1_301_270_500, "451,230.55", 45_123_055],
  ["99,999,999,999.99", 9_999_999_999_999, "99,999,999,999.99", 9_999_999_999_999],
])("the words behind a bar of %s end within the picture", (value, size, other, otherSize) => {
  const rows = barRows("Ages", [
    {
      name: "0–7 days",
      shares: [
        { name: "awaiting posting", tone: "awaiting", size, value },
        { name: "differing", tone: "differing", size: otherSize, value: other },
      ],
    },
    { name: "8–30 days", shares: [] },
  ]).html;
  const words = [...rows.matchAll(/<text x="([\d.]+)"[^>]*class="value">([^<]*)</g)];
  expect(words.map(([, , text]) => text)).toEqual([
    `awaiting posting ${value}${otherSize > 0 ? ` · differing ${other}` : ""}`,
    "nothing",
  ]);
  for (const [, x, text = ""] of words)
    expect(Number(x) + text.length * FIGURE_WIDTH).toBeLessThanOrEqual(CHART_WIDTH);
});
