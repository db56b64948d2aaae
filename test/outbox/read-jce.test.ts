import fc from "fast-check";
import iconv from "iconv-lite";
import { expect, test } from "vitest";
import { readJce } from "../../src/outbox/read-jce.ts";

const OPTIONS = { encoding: "windows-1252", extraField: 13 };
const encode = (text: string) => iconv.encode(text, "windows-1252");
const read = (...records: string[]) => readJce(encode(records.map((r) => `${r}\r\n`).join("")), OPTIONS);
const taken = (...records: string[]) => {
  const outcome = read(...records);
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.value;
};

const JOB = '*,"25-1001","Main Street Clinic"';
const LINE = 'C,"03-100","Cast-in-place concrete","M",01152025,120.00,"CY",9600.00,,,,,"CO-001"';

test("reads the jobs, extras, lines and comments of a file", () => {
  expect(taken(";free comment", JOB, 'E,"CO-001","Added canopy"', LINE)).toEqual({
    comments: ["free comment"],
    jobs: [{ job: "25-1001", description: "Main Street Clinic", record: 2 }],
    extras: [{ job: "25-1001", extra: "CO-001", description: "Added canopy", record: 3 }],
    lines: [
      {
        job: "25-1001",
        extra: "CO-001",
        costCode: "03-100",
        description: "Cast-in-place concrete",
        category: "M",
        day: "2025-01-15",
        quantity: "120.00",
        unit: "CY",
        cents: 960000n,
        record: 4,
      },
    ],
  });
});

test("takes quoted record ids, LF line ends, blank lines and a last record without a line end", () => {
  const text = `"*","25-1001","Clinic"\n\n   \n${LINE.replace("C,", '"C",')}`;
  const outcome = readJce(encode(text), OPTIONS);
  expect(outcome.ok && outcome.value.lines.map((line) => line.record)).toEqual([4]);
});

test("puts each line under the job before it", () => {
  const { lines } = taken(JOB, LINE, '*,"25-1002","Warehouse"', LINE);
  expect(lines.map((line) => line.job)).toEqual(["25-1001", "25-1002"]);
});

test("keeps commas inside quotes, trims codes that are padded, and leaves descriptions as they are", () => {
  const { lines } = taken(JOB, 'C," 318100","Doors, frames ","LAB",02051997,0.66,"hour",9.90,,,"","",""');
  expect(lines[0]).toMatchObject({
    costCode: "318100",
    description: "Doors, frames ",
    extra: "",
    cents: 990n,
  });
});

test("reads the file in its own encoding", () => {
  expect(taken('*,"25-1001","Café – 5 €"').jobs[0]?.description).toBe("Café – 5 €");
  const utf8 = readJce(Buffer.from('*,"1","Café"\r\n'), { ...OPTIONS, encoding: "utf8" });
  expect(utf8.ok && utf8.value.jobs[0]?.description).toBe("Café");
});

test("finds the extra in another field when told so", () => {
  const record = 'C,"03-100","","M",01152025,0.00,"",1.00,"CO-001",,,,';
  const outcome = readJce(encode(`${JOB}\r\n${record}\r\n`), { ...OPTIONS, extraField: 9 });
  expect(outcome.ok && outcome.value.lines[0]?.extra).toBe("CO-001");
});

test("takes a code as wide as Sage holds, its separators besides", () => {
  expect(taken(JOB, LINE.replace("03-100", "123-456-789-012")).lines[0]?.costCode).toBe("123-456-789-012");
  expect(taken('*,"12-34-56-7890",""').jobs[0]?.job).toBe("12-34-56-7890");
});

test("takes the largest amount either way", () => {
  const cents = (amount: string) => taken(JOB, LINE.replace("9600.00", amount)).lines[0]?.cents;
  expect(cents("99999999.99")).toBe(9_999_999_999n);
  expect(cents("-99999999.99")).toBe(-9_999_999_999n);
  expect(cents("-0.00")).toBe(0n);
});

const inLine = (from: string, to: string) => [JOB, LINE.replace(from, to)];
test.each<[name: string, place: RegExp, records: string[]]>([
  ["jce_record_unknown", /record 2: field 1 \(record id\) is "X"/, [JOB, 'X,"a"']],
  ["jce_record_unknown", /record 1: field 1/, ["toString,1,2"]],
  ["jce_job_missing", /record 1: .* C,/, [LINE]],
  ["jce_job_missing", /record 1: .* E,/, ['E,"CO-001","Added canopy"']],
  ["jce_field_count", /record 2: 12 fields.*field 13 is missing/, inLine(',"CO-001"', "")],
  ["jce_field_count", /record 2: 14 fields.*field 14 is too many/, inLine('"CO-001"', '"CO-001",')],
  ["jce_field_count", /record 1: 2 fields/, ['*,"25-1001"']],
  ["jce_quotes", /record 2: field 3/, inLine('concrete"', "concrete")],
  ["jce_quotes", /record 2: field 3/, inLine("Cast-in-place", 'Cast "in" place')],
  ["jce_quotes", /record 2: field 3/, inLine("Cast-in-place", 'Cast ""in"" place')],
  ["jce_not_quoted", /record 2: field 2 \(cost code\) is 03-100/, inLine('"03-100"', "03-100")],
  ["jce_not_quoted", /record 2: field 13 \(extra\) is empty/, inLine('"CO-001"', "")],
  ["jce_character", /record 2: field 3 \(description\)/, inLine("Cast-in-place", "Cast\tin place")],
  ["jce_field_empty", /record 2: field 2 \(cost code\)/, inLine("03-100", "  ")],
  ["jce_field_empty", /record 2: field 4 \(category\)/, inLine('"M"', '""')],
  ["jce_field_empty", /record 1: field 2 \(job\)/, ['*,"","Clinic"']],
  ["jce_field_not_empty", /record 2: field 10 .*"7"/, inLine(",,,,,", ",,7,,,")],
  ["jce_field_too_wide", /record 2: field 2 \(cost code\).*12 characters/, inLine("03-100", "1234567890123")],
  [
    "jce_field_too_wide",
    /record 2: field 2 \(cost code\).*15 characters/,
    inLine("03-100", "1-2-3-4-5-6-7-8-"),
  ],
  [
    "jce_field_too_wide",
    /record 2: field 3 \(description\).*30/,
    inLine("Cast-in-place concrete", "x".repeat(31)),
  ],
  ["jce_field_too_wide", /record 2: field 4 \(category\).*3/, inLine('"M"', '"MATL"')],
  ["jce_field_too_wide", /record 2: field 7 \(unit\).*4/, inLine('"CY"', '"CUYDS"')],
  ["jce_field_too_wide", /record 2: field 13 \(extra\).*10/, inLine("CO-001", "CO-00000001")],
  ["jce_field_too_wide", /record 1: field 2 \(job\).*10/, ['*,"12345678901",""']],
  ["jce_field_too_wide", /record 2: field 2 \(extra\).*10/, [JOB, 'E,"CO-00000001",""']],
  ["jce_date", /record 2: field 5 \(date\) is 02302025/, inLine("01152025", "02302025")],
  ["jce_date", /record 2: field 5 \(date\) is 1152025/, inLine("01152025", "1152025")],
  ["jce_date", /record 2: field 5 \(date\) is "01152025"/, inLine("01152025", '"01152025"')],
  ["jce_date", /record 2: field 5 \(date\)/, inLine("01152025", "2025-01-15")],
  ["jce_number", /record 2: field 6 \(quantity\) is 120/, inLine("120.00", "120")],
  ["jce_number", /record 2: field 8 \(amount\) is 9600.0;/, inLine("9600.00", "9600.0")],
  ["jce_number", /record 2: field 8 \(amount\) is "9600.00"/, inLine("9600.00", '"9600.00"')],
  ["jce_number", /record 2: field 8 \(amount\) is 9.6e3/, inLine("9600.00", "9.6e3")],
  ["jce_number", /record 2: field 8 \(amount\) is empty/, inLine("9600.00", "")],
  ["jce_amount_too_large", /record 2: field 8 \(amount\) is 100000000.00/, inLine("9600.00", "100000000.00")],
  ["jce_amount_too_large", /record 2: field 8/, inLine("9600.00", "-100000000.00")],
])("refuses with %s and says where: %s", (name, place, records) => {
  const outcome = read(...records);
  if (outcome.ok) throw new Error("the file was taken");
  expect(outcome.problem.name).toBe(name);
  expect(outcome.problem.message).toMatch(place);
});

test("refuses bytes that the encoding does not have", () => {
  const bytes = Buffer.concat([encode('*,"1","a'), Buffer.from([0x81]), encode('"\r\n')]);
  const outcome = readJce(bytes, OPTIONS);
  expect(!outcome.ok && outcome.problem.name).toBe("jce_character");
});

test("never throws, whatever the bytes", () => {
  const piece = fc.oneof(
    fc.constantFrom("*", "E", "C", '"', ",", "\r\n", "\n", '"1"', "01152025", "1.00", ",,,,", ";"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const outcome = readJce(encode(pieces.join("")), OPTIONS);
      if (!outcome.ok) expect(outcome.problem.message).toMatch(/^record \d+: .*field \d+/s);
    }),
  );
});

test("an altered byte of an amount is either refused or read as another amount", () => {
  const start = LINE.indexOf("9600.00");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 32, max: 126 }), (offset, code) => {
      const altered = String.fromCharCode(code);
      const at = start + offset;
      fc.pre(LINE[at] !== altered);
      const outcome = read(JOB, LINE.slice(0, at) + altered + LINE.slice(at + 1));
      if (outcome.ok) expect(outcome.value.lines[0]?.cents).not.toBe(960000n);
    }),
  );
});
