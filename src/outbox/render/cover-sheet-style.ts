/** What a cover sheet has beyond other pages: numbered steps, boxes to tick, room to sign. */
export const STEPS_STYLE = `
  .steps { padding: 0; list-style: none; counter-reset: step; }
  .steps > li { margin-top: 1.75rem; padding-left: 3rem; }
  .steps h2 { display: flex; align-items: center; margin-left: -3rem; }
  .steps h2::before { counter-increment: step; content: counter(step); width: 2rem; height: 2rem; margin-right: 1rem;
    border: 2px solid var(--accent); border-radius: 50%; color: var(--accent); font-size: 1.1rem; line-height: 1.75rem;
    text-align: center; }
  .do { padding: 0; list-style: none; break-inside: avoid; break-after: avoid; }
  .do > li { margin-top: 0.35rem; }
  .menu { font-weight: 600; }
  .box { display: flex; flex-wrap: wrap; align-items: center; gap: 0.1rem 0.8rem; margin: 0.5rem 0;
    padding: 0.4rem 0.9rem; border: 1px solid var(--ink); }
  .box strong { margin-left: auto; }
  .tick { font: 1.5rem/1 "Segoe UI Symbol", "DejaVu Sans", sans-serif; font-variant-emoji: text; }
  .sign { display: flex; flex-wrap: wrap; align-items: end; gap: 0.5rem 1.4rem; margin-top: 1rem;
    break-before: avoid; break-inside: avoid; }
  .sign .tick { margin-right: 0.35rem; font-size: 1.2rem; vertical-align: -0.08em; }
  .blank { display: flex; flex: 1 0 9rem; gap: 0.4rem; color: var(--soft); font-size: 0.85rem; }
  .blank::after { content: ""; flex: 1; border-bottom: 1px solid var(--ink); }
  .date { flex-grow: 0; }
`;
