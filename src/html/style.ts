/**
 * The style sheet of every page for people: tokens first, then what pages are put together from (`page.ts`,
 * `table.ts`, `parts.ts`). No colour or background is needed to read a page, since printers drop them. A page with
 * more than this has a style sheet of its own that follows this one and uses its tokens.
 */
export const BASE_STYLE = `
  @page { margin: 15mm 15mm 17mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
  :root { --ink: #1b2126; --soft: #59636b; --line: #c9d0d5; --shade: #f3f5f7; --accent: #12506b; --good: #1f6a3b;
    --warn: #8a5300; --bad: #a51d1d;
    --text: "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif;
    --mono: Consolas, "SF Mono", "Liberation Mono", monospace;
    color-scheme: light; }
  *, ::before { box-sizing: border-box; }
  body { margin: 0 auto; padding: 2.5rem 1.5rem; max-width: 50rem; color: var(--ink); background: #fff;
    font: 0.95rem/1.5 var(--text); overflow-wrap: anywhere; text-wrap: pretty; }
  h1, h2, h3, h4, p, ul, ol, dl, dd { margin: 0; }
  h1 { font-size: 2rem; line-height: 1.2; letter-spacing: -0.01em; }
  h2 { font-size: 1.2rem; line-height: 1.35; break-after: avoid; }
  h3 { margin: 1rem 0 0.2rem; font-size: 0.95rem; break-after: avoid; }
  h2 + p, h3 + p { break-after: avoid; }
  h4 { margin: 0.7rem 0 0; color: var(--soft); font-size: 0.85rem; break-after: avoid; }
  a { color: var(--accent); text-underline-offset: 0.15em; }
  .kicker { color: var(--soft); font-weight: 600; }
  .lead { font-size: 1.1rem; }
  .soft { color: var(--soft); }
  .file { font-family: var(--mono); font-weight: 600; }
  dl { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.6rem 1.5rem; margin-top: 1rem;
    padding: 0.7rem 0; border: solid var(--line); border-width: 1px 0; }
  dt { color: var(--soft); font-size: 0.8rem; }
  dd { font-weight: 600; }
  section { margin-top: 1.9rem; }
  section p { margin-top: 0.7rem; }
  section ul { margin-top: 0.35rem; padding-left: 1.2rem; break-inside: avoid; }
  .notice { margin-top: 1.25rem; padding: 0.75rem 1.1rem; border: 2px solid var(--tone); border-left-width: 10px;
    break-inside: avoid; }
  .notice strong { display: block; color: var(--tone); font-size: 1.15rem; }
  .badge { display: inline-block; padding: 0 0.5em; border: 1px solid var(--tone); border-radius: 0.8em;
    color: var(--tone); font-size: 0.8rem; font-weight: 600; line-height: 1.5; }
  .neutral { --tone: var(--soft); }
  .good { --tone: var(--good); }
  .warn { --tone: var(--warn); }
  .bad { --tone: var(--bad); }
  table { width: 100%; margin-top: 0.4rem; border-collapse: collapse; table-layout: fixed; }
  th, td { padding: 0.3rem 1rem 0.3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
  th { border-bottom: 1.5px solid var(--ink); color: var(--soft); font-size: 0.8rem; font-weight: 600; }
  th:last-child, td:last-child { padding-right: 0; }
  .code { width: 8rem; }
  .short { width: 5rem; }
  .amount, .count { text-align: right; font-variant-numeric: tabular-nums; }
  .amount { width: 8.5rem; overflow-wrap: normal; }
  .count { width: 5rem; }
  .chunk { content-visibility: auto; contain-intrinsic-size: auto 40rem; }
  tr { break-inside: avoid; }
  tfoot { display: table-row-group; break-before: avoid; }
  tfoot td { border-top: 1.5px solid var(--ink); border-bottom: 0; font-weight: 700; }
  footer { margin-top: 1.75rem; padding-top: 0.6rem; border-top: 1px solid var(--line); color: var(--soft);
    font-size: 0.8rem; }
  @media screen {
    .table { overflow-x: auto; }
    .table table { min-width: var(--needs); }
  }
  @media print {
    :root { font-size: 13.5px; }
    .chunk { content-visibility: visible; }
    body { padding: 0; max-width: none; }
    a { color: inherit; text-decoration: none; }
  }
`;

/** What pages with tables of many columns have besides; the fonts are those that 68rem of table fit a page with. */
export const WIDE_STYLE = `
  @page { size: landscape; }
  @media screen { body { max-width: 68rem; } }
  @media print { :root { font-size: 12.5px; } }
`;
