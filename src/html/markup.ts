/** Markup that is safe to put into a page: made by the `html` tag only. */
export interface Html {
  readonly html: string;
}

export type Part = string | number | Html | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

function markup(part: Part): string {
  if (typeof part === "string") return escapeText(part);
  if (typeof part === "number") return String(part);
  return "html" in part ? part.html : part.map((item) => item.html).join("");
}

/** Builds markup from a template: every text put into it is escaped, markup is kept as it is. */
export const html = (template: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  html: template.reduce((page, text, i) => page + markup(parts[i - 1] ?? "") + text),
});

/** Nothing, where markup is wanted. */
export const NOTHING: Html = html``;

/** A text from outside, kept from turning the direction of the words beside it. */
export const outside = (text: string): Html => html`<bdi>${text}</bdi>`;
