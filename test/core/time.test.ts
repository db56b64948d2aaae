import { describe, expect, it } from "vitest";
import { dayIn, daysBetween, isDay, toTimestamp } from "../../src/core/time.ts";

const NEW_YORK = "America/New_York";

describe("the calendar day", () => {
  it.each([
    [NEW_YORK, "2026-03-02T04:59:59Z", "2026-03-01"],
    [NEW_YORK, "2026-03-02T05:00:00Z", "2026-03-02"],
    // Clocks go forward on March 8 and back on November 1: midnight moves by an hour.
    [NEW_YORK, "2026-03-09T03:59:59Z", "2026-03-08"],
    [NEW_YORK, "2026-03-09T04:00:00Z", "2026-03-09"],
    [NEW_YORK, "2026-11-02T04:59:59Z", "2026-11-01"],
    [NEW_YORK, "2026-11-02T05:00:00Z", "2026-11-02"],
    ["Pacific/Auckland", "2026-12-31T12:00:00Z", "2027-01-01"],
    ["UTC", "2026-12-31T23:59:59Z", "2026-12-31"],
  ])("in %s at %s is %s", (zone, moment, day) => {
    expect(dayIn(zone, new Date(moment))).toBe(day);
  });

  it.each([["2026-02-28"], ["2028-02-29"], ["2026-12-31"]])("%s is one", (text) => {
    expect(isDay(text)).toBe(true);
  });

  it.each([["2026-02-29"], ["2026-13-01"], ["2026-00-10"], ["2026-04-31"], ["2026-1-1"], ["26-01-01"], [""]])(
    "%j is none",
    (text) => {
      expect(isDay(text)).toBe(false);
    },
  );
});

it.each([
  ["2026-03-07", "2026-03-09", 2],
  ["2026-10-31", "2026-11-02", 2],
  ["2026-02-28", "2026-03-01", 1],
  ["2028-02-28", "2028-03-01", 2],
  ["2026-03-02", "2026-03-02", 0],
  ["2026-03-02", "2026-02-28", -2],
])("from %s to %s it is %d days, whatever the clocks do", (from, to, days) => {
  expect(daysBetween(from, to)).toBe(days);
});

it("a moment is written in UTC to the second, never rounded up", () => {
  expect(toTimestamp(new Date("2026-11-22T18:04:05.999Z"))).toBe("2026-11-22T18:04:05Z");
});
