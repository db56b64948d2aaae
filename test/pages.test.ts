import { describe, expect, it } from "vitest";
import { reportJsonSchema } from "../src/tie-out/schema.ts";
import { matchingPage } from "./support/matching-page.ts";

// `npm run docs` writes these files anew.
const PAGES: [name: string, page: () => string][] = [
  ["matching.md", matchingPage],
  ["report.schema.json", () => `${JSON.stringify(reportJsonSchema(), null, 2)}\n`],
];

describe("a file of the docs that is made from the code", () => {
  it.each(PAGES)("docs/%s is what it makes", async (name, page) => {
    await expect(page()).toMatchFileSnapshot(`../docs/${name}`);
  });
});
