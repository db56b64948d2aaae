import { describe, expect, it } from "vitest";
import { html, outside } from "../../src/html/markup.ts";
import { renderPage } from "../../src/html/page.ts";
import { badge, facts, notice, usMoment } from "../../src/html/parts.ts";
import { table } from "../../src/html/table.ts";

const HOSTILE = `<script>alert("1")</script>&'`;
const ESCAPED = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;";

describe("the html tag", () => {
  it("escapes texts, keeps markup, joins lists and writes numbers", () => {
    const items = ["a", "<b>"].map((text) => html`<li>${text}</li>`);
    expect(html`<ul title="${`"'&`}">${items}</ul>${3}`.html).toBe(
      '<ul title="&quot;&#39;&amp;"><li>a</li><li>&lt;b&gt;</li></ul>3',
    );
  });
});

describe("a table", () => {
  const columns = [
    { title: "Job", kind: "code", value: (row: { job: string }) => outside(row.job) },
    { title: "Name", value: () => HOSTILE },
    { title: "Lines", kind: "count", value: () => "1", total: "2" },
    { title: "Why", value: () => "" },
    { title: "Amount", kind: "amount", value: () => "1.00", total: "2.00" },
  ] as const;

  it("marks columns of numbers and codes, in titles and cells alike, and escapes what is in it", () => {
    const made = table(columns, [{ job: "25-1001" }]).html;
    expect(made).toContain('<th scope="col" class="amount">Amount</th>');
    expect(made).toContain(`<td class="code"><bdi>25-1001</bdi></td><td>${ESCAPED}</td>`);
    expect(made).toContain('<td class="amount">1.00</td>');
    expect(made).not.toContain("<tfoot>");
  });

  it("gives the label of its totals all columns up to the first total", () => {
    expect(table(columns, [], "All").html).toContain(
      '<tr><td colspan="2">All</td><td class="count">2</td><td></td><td class="amount">2.00</td></tr>',
    );
  });
});

describe("a page", () => {
  const page = (wide: boolean) =>
    renderPage({
      title: HOSTILE,
      kicker: outside(HOSTILE),
      heading: outside(HOSTILE),
      head: facts([[HOSTILE, HOSTILE]]),
      body: html`${badge(HOSTILE, "good")}${notice("bad", HOSTILE, HOSTILE)}`,
      footer: html`${HOSTILE}`,
      wide,
      style: ".own { color: var(--ink); }",
    });

  it("escapes every text in it, wherever it stands", () => {
    expect(page(false)).not.toContain("<script");
    expect(page(false).split(ESCAPED)).toHaveLength(10);
  });

  it("needs nothing but itself, and carries its own style after the common one", () => {
    expect(page(true)).not.toMatch(/<script|<link|src=|href=|url\(|@import/);
    expect(page(true)).toMatch(/<style>.*tabular-nums.*\.own \{.*<\/style>/s);
    expect(page(true)).toMatch(/size: landscape/);
  });
});

it("writes a moment as Sage shows a date, and says that it is UTC", () => {
  expect(usMoment("2026-11-22T18:04:05Z")).toBe("11/22/2026 18:04 UTC");
});
