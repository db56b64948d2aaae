import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { description, encodes, encodeText, isWritableCode } from "../../../src/core/writable-text.ts";

const cp1252 = (text: string) => description(text, "windows-1252");

describe("a description", () => {
  it.each([
    ["keeps what the encoding has", "Café – “€20”", "Café – “€20”"],
    ["is put in NFC", "Cafe\u0301", "Café"],
    ["loses double quotes and control characters", 'a\t"b"\r\n\u0000c\u0085', "abc"],
    ["keeps blanks as they are", " a   b ", " a   b "],
    ["gets one ? for each character that the encoding lacks", "→ 漢字", "? ??"],
    ["gets one ? for a character beyond the basic plane", "a👷b", "a?b"],
    ["composes what a control character kept apart", "e\u0001\u0301", "é"],
  ])("%s", (_, text, expected) => {
    expect(cp1252(text)).toBe(expected);
  });

  it("is cut to 30 characters after all that", () => {
    expect(cp1252(`"${"e\u0301".repeat(29)}👷👷👷`)).toBe(`${"é".repeat(29)}?`);
    expect(description(`${"a".repeat(29)}👷👷`, "utf-8")).toBe(`${"a".repeat(29)}👷`);
  });

  it("loses half of a surrogate pair", () => {
    expect(cp1252("a\ud83d")).toBe("a?");
    expect(description("a\ud83d", "utf-8")).toBe("a?");
  });

  it("is never longer than 30 bytes in a one-byte encoding, holds no quote, and is stable", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const once = cp1252(text);
        expect(encodeText(once, "windows-1252").length).toBeLessThanOrEqual(30);
        expect(once).not.toMatch(/["\p{Cc}]/u);
        expect(encodes(once, "windows-1252")).toBe(true);
        expect(cp1252(once)).toBe(once);
      }),
    );
  });
});

describe("a code", () => {
  it("is writable only if the encoding has it, without quotes and control characters", () => {
    expect(isWritableCode(" 318100", "windows-1252")).toBe(true);
    expect(isWritableCode("É-1", "windows-1252")).toBe(true);
    expect(isWritableCode("E\u0301-1", "windows-1252")).toBe(false);
    expect(isWritableCode("É-1", "us-ascii")).toBe(false);
    expect(isWritableCode('1"', "windows-1252")).toBe(false);
    expect(isWritableCode("1\n", "windows-1252")).toBe(false);
  });

  it("that is a byte order mark is told from none", () => {
    expect(encodes("\ufeff1", "utf-8")).toBe(true);
    expect(encodes("\ufeff1", "windows-1252")).toBe(false);
  });
});
