import type { Day } from "../core/time.ts";
import { type Html, html, type Part } from "./markup.ts";

/** What a badge or a notice says of its words; the words must say it without the colour too. */
export type Tone = "neutral" | "good" | "warn" | "bad";

/** A word or two in a frame: a state, beside what it is the state of. */
export const badge = (words: string, tone: Tone): Html => html`<span class="badge ${tone}">${words}</span>`;

/** What must not be overlooked: the point in a few words, then the rest. */
export const notice = (tone: Tone, point: string, rest: Part): Html =>
  html`<div class="notice ${tone}"><strong>${point}</strong>
${rest}</div>`;

/** Names with their values, side by side under a page's heading. */
export const facts = (values: readonly (readonly [name: string, value: Part])[]): Html => html`<dl>
${values.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>`;

/** `11/22/2026`, as Sage shows a date. */
export const usDate = (day: Day): string => day.replace(/^(\d+)-(\d+)-(\d+)$/, "$2/$3/$1");

/** `11/22/2026 18:04 UTC` of a moment as the journal has it. */
export const usMoment = (timestamp: string): string =>
  `${usDate(timestamp.slice(0, 10))} ${timestamp.slice(11, 16)} UTC`;

/** `3,000`. */
export const number = (n: number): string => n.toLocaleString("en-US");

/** A heading, then the content, or the words that there is nothing: zeros are said, never left out. */
export function section(id: string, title: string, empty: string, count: number, content: () => Part): Html {
  return html`<section id="${id}">
<h2>${title}</h2>
${count === 0 ? html`<p class="soft">${empty}</p>` : content()}
</section>`;
}
