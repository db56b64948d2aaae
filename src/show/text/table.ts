import { cut, harmless, widthOf } from "./characters.ts";

/** Columns of a terminal that output is made for. A code, id or amount that needs more gets it. */
export const PAGE_WIDTH = 80;
const GAP = "  ";
/** A name is not cut below this many columns. */
const LEAST_NAME_WIDTH = 8;

/** A text wrapped by words, its first line indented by `indent` blanks, the others by `hang`. No word is cut. */
export function wrap(text: string, indent = 0, hang = indent + 2): string[] {
  const lines: string[] = [];
  let line = "";
  let room = PAGE_WIDTH - indent;
  for (const word of harmless(text).split(" ")) {
    const width = widthOf(word) + (line === "" ? 0 : 1);
    if (line !== "" && width > room) {
      lines.push(line);
      line = "";
      room = PAGE_WIDTH - hang;
    }
    room -= line === "" ? widthOf(word) : width;
    line += line === "" ? word : ` ${word}`;
  }
  lines.push(line);
  return lines.map((each, i) => `${" ".repeat(i === 0 ? indent : hang)}${each}`.trimEnd());
}

/** Wraps what our own messages have on several lines: each of them begins a line. */
export const wrapLines = (text: string, indent = 0): string[] =>
  text.split("\n").flatMap((line, i) => (i === 0 ? wrap(line, indent) : wrap(line, indent + 2, indent + 4)));

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: "right";
  /** For names: cut with … where the page is too narrow. */
  readonly mayBeCut?: true;
}

/** Aligned columns: a line of titles, unless all are empty, then one line a row. Columns without a word are left out. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], indent = 0): string[] {
  const titled = columns.some((column) => column.title !== "");
  const filled = columns.flatMap((column) => {
    const values = rows.map((row) => harmless(column.value(row)));
    const cells = titled ? [column.title, ...values] : values;
    const width = cells.reduce((widest, cell) => Math.max(widest, widthOf(cell)), 0);
    return width === 0 ? [] : [{ ...column, cells, width }];
  });
  narrow(filled, indent);
  const lines = rows.length + (titled ? 1 : 0);
  return Array.from({ length: lines }, (_, i) => {
    const line = filled.map(({ cells, width, align, mayBeCut }) => {
      const whole = cells[i] ?? "";
      const cell = mayBeCut ? cut(whole, width) : whole;
      const padding = " ".repeat(width - widthOf(cell));
      return align === "right" ? padding + cell : cell + padding;
    });
    return `${" ".repeat(indent)}${line.join(GAP)}`.trimEnd();
  });
}

/** Takes from the names, the widest first, what the page lacks. */
function narrow(columns: { width: number; readonly mayBeCut?: true }[], indent: number): void {
  const needed = columns.reduce((sum, { width }) => sum + width + GAP.length, indent - GAP.length);
  for (let lack = needed - PAGE_WIDTH; lack > 0; lack--) {
    const [widest] = columns
      .filter(({ width, mayBeCut }) => mayBeCut && width > LEAST_NAME_WIDTH)
      .sort((a, b) => b.width - a.width);
    if (!widest) return;
    widest.width--;
  }
}

/** Lines that stand together; an empty line comes between two blocks. */
export type Block = readonly string[];

/** All of a command's output, with a line end after the last line. */
export const page = (blocks: readonly Block[]): string =>
  `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
