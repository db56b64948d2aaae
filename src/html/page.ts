import { type Html, html } from "./markup.ts";
import { BASE_STYLE, WIDE_STYLE } from "./style.ts";

export interface Page {
  /** The title of the window, and the name that a print gets. */
  readonly title: string;
  /** The line above the heading: whose page it is, and what kind. */
  readonly kicker: Html;
  readonly heading: Html;
  /** What follows the heading: usually a line and `facts`. */
  readonly head: Html;
  readonly body: Html;
  readonly footer: Html;
  /** For tables of many columns: printed across the page. */
  readonly wide?: boolean;
  /** A style sheet of the page's own, after the common one. Never a text from outside. */
  readonly style?: string;
}

/**
 * One whole page without script or outside parts, so that it opens from a file share and looks the same in ten
 * years; in UTF-8; it prints on Letter and A4.
 */
export const renderPage = (page: Page): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${page.title}</title>
<style>${{ html: BASE_STYLE + (page.wide ? WIDE_STYLE : "") + (page.style ?? "") }}</style>
</head>
<body>
<header>
<p class="kicker">${page.kicker}</p>
<h1>${page.heading}</h1>
${page.head}
</header>
${page.body}
<footer>${page.footer}</footer>
</body>
</html>
`.html;
