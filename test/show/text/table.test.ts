import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cut, harmless, widthOf } from "../../../src/show/text/characters.ts";
import { PAGE_WIDTH, page, table, wrap, wrapLines } from "../../../src/show/text/table.ts";

describe("text from outside", () => {
  it("loses escape sequences' escapes, other controls and marks that turn the direction", () => {
    expect(harmless("\u001b[31mred\u009b2J\u0007\u007f \u202egnp\u2066")).toBe("[31mred2J gnp");
  });

  it("becomes one line", () => {
    expect(harmless("one\r\ntwo\tthree\u2028four")).toBe("one two three four");
  });

  it("keeps letters of every script, accents and joined emoji", () => {
    const text = "Größe Ångström 病院 क्षि 👩‍🚒";
    expect(harmless(text)).toBe(text);
  });
});

describe("the width of a text", () => {
  it.each([
    ["", 0],
    ["25-1001", 7],
    ["Größe", 5],
    ["Gro\u0308ße", 5],
    ["病院", 4],
    ["ﾊｯ", 2],
    ["👩‍🚒", 2],
    ["❤️", 2],
  ])("%j takes %i columns", (text, width) => expect(widthOf(text)).toBe(width));

  it("is kept when a name is cut, and no character is cut in two", () => {
    expect(cut("Main Street Clinic", 12)).toBe("Main Street…");
    expect(cut("病院病院", 6)).toBe("病院…");
    expect(cut("Clinic", 6)).toBe("Clinic");
  });
});

describe("wrapping", () => {
  it("hangs the lines after the first", () => {
    const text = "Have the opening position of the project decided before its budget is sent to Sage at all.";
    expect(wrap(text, 2, 6)).toEqual([
      "  Have the opening position of the project decided before its budget is sent to",
      "      Sage at all.",
    ]);
  });

  it("fills a line to the last column and no further", () => {
    expect(wrap(`${"a".repeat(39)} ${"b".repeat(40)}`)).toHaveLength(1);
    expect(wrap(`${"a".repeat(40)} ${"b".repeat(40)}`)).toHaveLength(2);
  });

  it("never cuts a word, however long", () => {
    const id = "x".repeat(100);
    expect(wrap(`line ${id} is held`)).toEqual(["line", `  ${id}`, "  is held"]);
  });

  it("keeps every word in order and every line within the page", () => {
    const word = fc.stringMatching(/^[a-z0-9é病-]{1,20}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.nat(10), fc.nat(10), (words, indent, hang) => {
        const wrapped = wrap(words.join(" "), indent, hang);
        expect(wrapped.map((line) => line.trim()).join(" ")).toBe(words.join(" "));
        for (const line of wrapped) expect(widthOf(line)).toBeLessThanOrEqual(PAGE_WIDTH);
      }),
    );
  });

  it("begins a line for each line of a message of our own", () => {
    expect(wrapLines("two mistakes:\njobs.csv:2\njobs.csv:3", 2)).toEqual([
      "  two mistakes:",
      "    jobs.csv:2",
      "    jobs.csv:3",
    ]);
  });
});

describe("a table", () => {
  const columns = [
    { title: "Name", value: (row: { name: string }) => row.name, mayBeCut: true },
    { title: "Code", value: (row: { code: string }) => row.code },
    { title: "Amount", value: (row: { amount: string }) => row.amount, align: "right" },
  ] as const;
  const row = (name: string, code: string, amount: string) => ({ name, code, amount });

  it("aligns text to the left, amounts to the right, and wide characters by their width", () => {
    expect(table(columns, [row("病院", "A", "9.00"), row("Clinic", "B-100", "-1,234.50")], 2)).toEqual([
      "  Name    Code      Amount",
      "  病院    A           9.00",
      "  Clinic  B-100  -1,234.50",
    ]);
  });

  it("cuts names to fit the page, never codes or amounts", () => {
    const code = "1".repeat(50);
    const [, line = ""] = table(columns, [row("a long name ".repeat(5), code, "99,999,999.99")]);
    expect(widthOf(line)).toBe(PAGE_WIDTH);
    expect(line).toMatch(new RegExp(`^a long name… {3}${code} {2}99,999,999\\.99$`));
  });

  it("grows beyond the page rather than cutting a code", () => {
    const code = "1".repeat(90);
    expect(table(columns, [row("a long name", code, "1.00")])[1]).toBe(`a long…   ${code}    1.00`);
  });

  it("leaves out columns without a word and titles that are all empty", () => {
    const untitled = [
      { title: "", value: () => "a" },
      { title: "", value: () => "" },
      { title: "", value: () => "b" },
    ];
    expect(table(untitled, [1])).toEqual(["a  b"]);
  });

  it("lets no cell break its line or reach the terminal", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 5 }), (names) => {
        const printed = table(
          columns,
          names.map((name) => row(name, "A", "1.00")),
        );
        expect(printed).toHaveLength(names.length + 1);
        for (const line of printed)
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

it("a page has one empty line between blocks, none for an empty block, and ends its last line", () => {
  expect(page([["a", "b"], [], ["c"]])).toBe("a\nb\n\nc\n");
});
