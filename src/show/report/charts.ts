import { type Html, html } from "../../html/markup.ts";

/** One part of a bar. `tone` is a class of the report's style sheet; the words say it without the colour too. */
export interface Share {
  readonly name: string;
  readonly tone: string;
  /** Anything that is in proportion; never negative. */
  readonly size: number;
  /** The value in words, e.g. `1,234.50`. */
  readonly value: string;
}

const WIDTH = 960;
const LABEL_ROOM = 90;
/** Where the bars of rows begin, and what a character of the words behind them takes at most, in 13px figures. */
const BARS_LEFT = 130;
const CHARACTER_WIDTH = 7.5;

/** One bar in proportion, with the name of each part that is wide enough for it. Empty if all is zero. */
export function stackedBar(title: string, shares: readonly Share[]): Html {
  const total = shares.reduce((sum, { size }) => sum + size, 0);
  if (total === 0) return html``;
  let x = 0;
  const parts = shares.flatMap((share) => {
    const width = (share.size / total) * WIDTH;
    const left = x;
    x += width;
    if (width <= 0) return [];
    const label =
      width < LABEL_ROOM
        ? html``
        : html`<text x="${round(left + 8)}" y="23">${share.name}</text><text x="${round(left + 8)}" y="41" class="value">${share.value}</text>`;
    return [
      html`<g class="${share.tone}"><title>${share.name}: ${share.value}</title><rect x="${round(left)}" y="0" width="${round(Math.max(width, 1.5))}" height="54"/>${label}</g>\n`,
    ];
  });
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} 54" role="img" aria-label="${title}: ${shares.map(({ name, value }) => `${name} ${value}`).join(", ")}">
${parts}</svg>`;
}

/** Rows of bars on one scale, each with its parts side by side. */
export function barRows(
  title: string,
  rows: readonly { readonly name: string; readonly shares: readonly Share[] }[],
): Html {
  const most = Math.max(...rows.map(({ shares }) => shares.reduce((sum, { size }) => sum + size, 0)), 0);
  if (most === 0) return html``;
  const words = rows.map(
    ({ shares }) =>
      shares
        .filter(({ size }) => size > 0)
        .map(({ name, value }) => `${name} ${value}`)
        .join(" · ") || "nothing",
  );
  const wordsRoom = Math.max(...words.map(({ length }) => length * CHARACTER_WIDTH)) + 8;
  const scale = Math.max(WIDTH - BARS_LEFT - wordsRoom, 0) / most;
  const body = rows.map(({ name, shares }, row) => {
    const y = row * 34;
    let x = BARS_LEFT;
    const bars = shares.flatMap((share) => {
      if (share.size <= 0) return [];
      const width = Math.max(share.size * scale, 1.5);
      const left = x;
      x += width;
      return [
        html`<g class="${share.tone}"><title>${name}: ${share.name} ${share.value}</title><rect x="${round(left)}" y="${y + 3}" width="${round(width)}" height="22"/></g>`,
      ];
    });
    return html`<text x="0" y="${y + 19}">${name}</text>${bars}<text x="${round(x + 8)}" y="${y + 19}" class="value">${words[row] ?? ""}</text>\n`;
  });
  return html`<svg class="chart rows" viewBox="0 0 ${WIDTH} ${rows.length * 34}" role="img" aria-label="${title}">
${body}</svg>`;
}

const round = (n: number): string => String(Math.round(n * 10) / 10);

export const CHART_STYLE = `
  .chart { display: block; width: 100%; height: auto; margin-top: 0.8rem; print-color-adjust: exact;
    -webkit-print-color-adjust: exact; }
  .chart text { font: 600 14px var(--text); fill: var(--ink); }
  .chart text.value { font-weight: 400; font-size: 13px; font-variant-numeric: tabular-nums; }
  .chart rect { stroke: #fff; stroke-width: 1.5; }
  .chart .posted rect, .key.posted { fill: #cfe3d4; background: #cfe3d4; }
  .chart .awaiting rect, .key.awaiting { fill: #c5d9e8; background: #c5d9e8; }
  .chart .waiting rect, .key.waiting { fill: #e4e8eb; background: #e4e8eb; }
  .chart .held rect, .key.held { fill: #f3ddb3; background: #f3ddb3; }
  .chart .accepted rect, .key.accepted { fill: #ded3ea; background: #ded3ea; }
  .chart .differing rect, .key.differing { fill: #efc0bd; background: #efc0bd; }
  .key { display: inline-block; width: 0.9em; height: 0.9em; margin-right: 0.5em; vertical-align: -0.08em;
    border: 1px solid var(--soft); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
`;
