import { describe, expect, it } from "vitest";
import { jsonTexts } from "../../src/core/json-texts.ts";
import { moneyJson } from "../../src/core/money-json.ts";

async function joined(value: unknown, indent: number, levels: number): Promise<string> {
  let text = "";
  for await (const piece of jsonTexts(value, indent, levels)) text += piece;
  return text;
}
const rows = (values: readonly unknown[]) => ({
  count: values.length,
  async *[Symbol.asyncIterator]() {
    yield* values;
  },
});

const VALUE = {
  name: 'a "quoted"\nname',
  amount: -5n,
  left_out: undefined,
  nothing: null,
  ...{ list: [1, "two", 3n], none: [], empty: {}, deep: { of: { these: [{ a: [1] }, []] } } },
};

describe("JSON in texts", () => {
  it.each([0, 1, 2, 3, 9])("is the JSON of the whole, taken apart %d levels deep", async (levels) => {
    for (const indent of [1, 2]) expect(await joined(VALUE, indent, levels)).toBe(moneyJson(VALUE, indent));
  });

  it("has a list where something is asynchronously iterable", async () => {
    const one = { keys: rows([{ a: 1n }, { a: 2n }]), none: rows([]), after: true };
    const two = { keys: [{ a: 1n }, { a: 2n }], none: [], after: true };
    expect(await joined(one, 1, 2)).toBe(moneyJson(two, 1));
    expect(await joined({ companies: rows([{ report: one }]) }, 2, 5)).toBe(
      moneyJson({ companies: [{ report: two }] }, 2),
    );
  });

  it("makes no text much longer than a page, however much there is", async () => {
    const many = rows(Array.from({ length: 50_000 }, (_, index) => ({ index })));
    let texts = 0;
    for await (const text of jsonTexts({ many }, 1, 2)) {
      texts++;
      expect(text.length).toBeLessThan(200_000);
    }
    expect(texts).toBeGreaterThan(10);
  });
});
