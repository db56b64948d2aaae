import fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import type { BatchRecord, ImportLine, JceOptions } from "../../../src/core/import-line.ts";
import { estimateFilesOf } from "../../../src/outbox/render/contents.ts";
import { renderJce } from "../../../src/outbox/render/jce.ts";
import { clinic, line, record } from "./sample.ts";

/** The files of a record as text, decoded. */
const jceOf = (batch: BatchRecord): string[] =>
  estimateFilesOf(batch).map((file) => iconv.decode(Buffer.from(renderJce(batch, file)), batch.jce.encoding));

const only = (lines: readonly ImportLine[], jce: Partial<JceOptions> = {}): string => {
  const base = record(lines);
  return jceOf({ ...base, jce: { ...base.jce, ...jce } }).join("");
};

describe("an import file", () => {
  it("has Sage's layout: job, new extra before its lines, thirteen fields a line, CRLF", () => {
    expect(jceOf(clinic())).toEqual([
      '*,"25-1001","Main Street Clinic"\r\n' +
        'C,"03-100","Cast-in-place concrete","M",01152026,0.00,"",18250.00,,,,,""\r\n' +
        'E,"CO-001","Added canopy"\r\n' +
        'C,"03-100","Cast-in-place concrete","M",01152026,0.00,"",9600.00,,,,,"CO-001"\r\n',
      '*,"25-1001","Main Street Clinic"\r\n' +
        'E,"CO-001","Added canopy"\r\n' +
        'C,"03-100","Cast-in-place concrete","M",01152026,0.00,"",-123.45,,,,,"CO-001"\r\n',
    ]);
  });

  it("is sorted by job, extra, cost code, category in code point order, whatever order the lines come in", () => {
    const keys: [string, string, string, string][] = [
      ["25-1001", "", "03-100", "E"],
      ["25-1001", "", "03-100", "M"],
      ["25-1001", "", "03-1000", "E"],
      ["25-1001", "B", "01-100", "M"],
      ["25-1001", "a", "01-100", "M"],
      ["25-1002", "", "01-100", "M"],
      ["25-1002", "", "Z", "M"],
      ["25-1002", "", "é", "M"],
    ];
    const lines = keys.map(([job, extra, costCode, category]) =>
      line({ key: { job, extra, costCode, category }, jobDescription: "", costCodeDescription: "" }),
    );
    const text = only(lines.toReversed());
    const written = text
      .split("\r\n")
      .filter((row) => row.startsWith("C"))
      .map((row) => row.split(",").map((field) => field.replaceAll('"', "")));
    const jobs = text.split("\r\n").filter((row) => row.startsWith("*"));
    expect(written.map((row) => [row[12], row[1], row[3]])).toEqual(keys.map(([, e, c, t]) => [e, c, t]));
    expect(jobs).toEqual(['*,"25-1001",""', '*,"25-1002",""']);
  });

  it("names a new extra once per job and file, and an extra that Sage has never", () => {
    const on = (job: string, extra: string, costCode: string, extraIsNew: boolean) =>
      line({ key: { job, extra, costCode }, extraIsNew, extraDescription: "Phase" });
    const text = only([
      on("25-1001", "PH1", "01-100", true),
      on("25-1001", "PH1", "02-100", true),
      on("25-1001", "PH2", "01-100", false),
      on("25-1002", "PH1", "01-100", true),
      on("25-1002", "", "01-100", true),
    ]);
    expect(text.match(/^\S,"[^"]*"/gm)).toEqual([
      '*,"25-1001"',
      'E,"PH1"',
      'C,"01-100"',
      'C,"02-100"',
      'C,"01-100"',
      '*,"25-1002"',
      'C,"01-100"',
      'E,"PH1"',
      'C,"01-100"',
    ]);
  });

  it("leaves out what is recorded only, with its job and extra", () => {
    const text = only([
      line(),
      line({ key: { job: "25-1002", extra: "CO-001" }, extraIsNew: true, cents: 0n, inFile: false }),
    ]);
    expect(text).not.toContain("25-1002");
    expect(text).not.toContain("CO-001");
  });

  it("writes a zero line that is meant for the file", () => {
    expect(only([line({ cents: 0n })])).toContain(',01152026,0.00,"",0.00,');
  });

  it.each([
    [9, '"PH1",,,,'],
    [10, ',"PH1",,,'],
    [11, ',,"PH1",,'],
    [12, ',,,"PH1",'],
    [13, ',,,,"PH1"'],
  ])("carries the extra in field %i if the company says so", (extra_field, trailing) => {
    const text = only([line({ key: { extra: "PH1" } })], { extra_field });
    expect(text).toContain(`"",18250.00,${trailing}\r\n`);
  });

  it("quotes record ids if the company says so", () => {
    const ids = only([line({ key: { extra: "PH1" }, extraIsNew: true })], { quote_record_ids: true });
    expect(ids.split("\r\n").map((row) => row.slice(0, 3))).toEqual(['"*"', '"E"', '"C"', ""]);
  });

  it("opens with one comment line if the company says so", () => {
    const [original, changes] = jceOf(clinic({ jce: { ...clinic().jce, comment: true } }));
    expect(original).toMatch(/^;ACME-000123 ACME original\r\n\*,/);
    expect(changes).toMatch(/^;ACME-000123 ACME approved_change\r\n\*,/);
    expect(original?.match(/^;/gm)).toHaveLength(1);
  });

  it("is written in the company's encoding", () => {
    const batch = record([line({ jobDescription: "Café “€”" })]);
    const [file] = estimateFilesOf(batch);
    const bytes = Buffer.from(file ? renderJce(batch, file) : []);
    expect(bytes.includes(Buffer.from([0x43, 0x61, 0x66, 0xe9, 0x20, 0x93, 0x80, 0x94]))).toBe(true);
  });

  it("never cuts or changes a code: one that cannot be written as it is, is a bug", () => {
    expect(only([line({ key: { costCode: "03-100-AVERYLONGCODE" } })])).toContain('"03-100-AVERYLONGCODE"');
    expect(() => only([line({ key: { costCode: "03→100" } })])).toThrow("cannot be written in windows-1252");
    expect(() => only([line({ key: { extra: 'PH"1' } })])).toThrow("cannot be written");
    expect(() => only([line({ key: { job: "25\t1001" } })])).toThrow("cannot be written");
  });

  it("takes 99,999,999.99 of either sign and no cent more", () => {
    expect(only([line({ cents: -9_999_999_999n })])).toContain(",-99999999.99,");
    expect(() => only([line({ cents: 10_000_000_000n })])).toThrow("100000000.00 is too large");
    expect(() => only([line({ cents: -10_000_000_000n })])).toThrow("-100000000.00 is too large");
  });

  it("refuses a key that comes twice, a day that is none and a field that cannot carry the extra", () => {
    expect(() => only([line(), line({ lineNo: 2 })])).toThrow("line 2 (25-1001 / 03-100 / M): twice");
    expect(() => jceOf(record([line()], { transactionDate: "2026-02-30" }))).toThrow("is not a day");
    expect(() => only([line()], { extra_field: 8 })).toThrow("field 8");
  });

  it("keeps one record a line and the sum to the cent, whatever the descriptions are", () => {
    const text = fc.string({ unit: "binary" });
    const part = fc.record({ about: text, cents: fc.bigInt({ min: -9_999_999_999n, max: 9_999_999_999n }) });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 20 }), text, (parts, job) => {
        const lines = parts.map(({ about, cents }, i) =>
          line({ cents, jobDescription: job, costCodeDescription: about, key: { costCode: `C${i}` } }),
        );
        const rows = only(lines).split("\r\n").slice(1, -1);
        const amounts = rows.map((row) => {
          const match = /^C,"C\d+","([^"]{0,30})","M",01152026,0\.00,"",(-?\d+)\.(\d\d),,,,,""$/.exec(row);
          return BigInt(`${match?.[2]}${match?.[3]}`);
        });
        expect(amounts.toSorted()).toEqual(parts.map((p) => p.cents).toSorted());
      }),
    );
  });
});
