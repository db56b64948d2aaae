/** The cover sheet's own style sheet: no colour or background is needed to read it, since printers drop them. */
export const COVER_SHEET_STYLE = `
  @page { margin: 15mm 15mm 17mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
  :root { --ink: #1b2126; --soft: #59636b; --line: #c9d0d5; --accent: #12506b; --danger: #a51d1d; }
  *, ::before { box-sizing: border-box; }
  body { margin: 0 auto; padding: 2.5rem 1.5rem; max-width: 50rem; color: var(--ink); background: #fff;
    font: 0.95rem/1.5 "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif;
    overflow-wrap: anywhere; text-wrap: pretty; }
  h1, h2, h3, p, ul, ol, dl, dd { margin: 0; }
  h1 { font-size: 2rem; line-height: 1.2; letter-spacing: -0.01em; }
  h2 { font-size: 1.2rem; line-height: 1.35; break-after: avoid; }
  h3 { margin: 1rem 0 0.2rem; font-size: 0.95rem; break-after: avoid; }
  .kicker { color: var(--soft); font-weight: 600; }
  .project { font-size: 1.1rem; }
  dl { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.6rem 1.5rem; margin-top: 1rem;
    padding: 0.7rem 0; border: solid var(--line); border-width: 1px 0; }
  dt { color: var(--soft); font-size: 0.8rem; }
  dd { font-weight: 600; }
  .warning { margin-top: 1.25rem; padding: 0.75rem 1.1rem; border: 2px solid var(--danger); border-left-width: 10px;
    break-inside: avoid; }
  .warning strong { display: block; color: var(--danger); font-size: 1.15rem; }
  .steps { padding: 0; list-style: none; counter-reset: step; }
  .steps > li { margin-top: 1.75rem; padding-left: 3rem; }
  .steps h2 { display: flex; align-items: center; margin-left: -3rem; }
  .steps h2::before { counter-increment: step; content: counter(step); width: 2rem; height: 2rem; margin-right: 1rem;
    border: 2px solid var(--accent); border-radius: 50%; color: var(--accent); font-size: 1.1rem; line-height: 1.75rem;
    text-align: center; }
  .do { padding: 0; list-style: none; break-inside: avoid; break-after: avoid; }
  .do > li { margin-top: 0.35rem; }
  .menu, .file { font-weight: 600; }
  .file { font-family: Consolas, "SF Mono", "Liberation Mono", monospace; }
  .box { display: flex; flex-wrap: wrap; align-items: center; gap: 0.1rem 0.8rem; margin: 0.5rem 0;
    padding: 0.4rem 0.9rem; border: 1px solid var(--ink); }
  .box strong { margin-left: auto; }
  .tick { font: 1.5rem/1 "Segoe UI Symbol", "DejaVu Sans", sans-serif; font-variant-emoji: text; }
  table { width: 100%; margin-top: 0.4rem; border-collapse: collapse; table-layout: fixed; }
  th, td { padding: 0.3rem 1rem 0.3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
  th { border-bottom: 1.5px solid var(--ink); color: var(--soft); font-size: 0.8rem; font-weight: 600; }
  .code { width: 8rem; }
  .number { width: 8.5rem; padding-right: 0; text-align: right; font-variant-numeric: tabular-nums; }
  .count { width: 5rem; }
  tr { break-inside: avoid; }
  tfoot { display: table-row-group; break-before: avoid; }
  tfoot td { border-top: 1.5px solid var(--ink); border-bottom: 0; font-weight: 700; }
  .sign { display: flex; flex-wrap: wrap; align-items: end; gap: 0.5rem 1.4rem; margin-top: 1rem;
    break-before: avoid; break-inside: avoid; }
  .sign .tick { margin-right: 0.35rem; font-size: 1.2rem; vertical-align: -0.08em; }
  .blank { display: flex; flex: 1 0 9rem; gap: 0.4rem; color: var(--soft); font-size: 0.85rem; }
  .blank::after { content: ""; flex: 1; border-bottom: 1px solid var(--ink); }
  .date { flex-grow: 0; }
  section { margin-top: 1.9rem; }
  section p { margin-top: 0.7rem; }
  section ul { margin-top: 0.35rem; padding-left: 1.2rem; break-inside: avoid; }
  footer { margin-top: 1.75rem; padding-top: 0.6rem; border-top: 1px solid var(--line); color: var(--soft);
    font-size: 0.8rem; }
  @media print {
    :root { font-size: 13.5px; }
    body { padding: 0; max-width: none; }
  }
`;
