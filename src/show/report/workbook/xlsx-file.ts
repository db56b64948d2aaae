import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import { type Cents, formatMoney } from "../../../core/money.ts";

/** What a cell holds. Cents become a number that Excel adds up, the same to the cent; text always stays text. */
export type Cell = string | number | Cents | null;

/** A sheet whose rows are asked for when it is written, each as many cells as there are columns. */
export interface Sheet {
  readonly name: string;
  readonly columns: readonly { readonly title: string; readonly width: number }[];
  rows(): AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>;
}

/**
 * A workbook as Excel reads it, piece by piece: no more of a sheet is held than some rows. Its texts stand in their
 * cells and not in the table of shared ones that Excel itself writes, since that would have to hold them all. No cell
 * is a formula.
 * @param made the moment that its parts carry
 */
export function xlsxFile(sheets: readonly Sheet[], made: Date): AsyncIterable<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const fail = (error: Error) => output.destroy(error);
  let source: Readable | undefined;
  zip.on("error", fail);
  // Who takes no more of the file leaves a sheet in the middle, and its rows with it.
  output.once("close", () => source?.destroy());
  for (const [name, xml] of frame(sheets)) zip.addBuffer(Buffer.from(HEAD + xml), name, { mtime: made });
  for (const [index, sheet] of sheets.entries())
    zip.addReadStreamLazy(`xl/worksheets/sheet${index + 1}.xml`, { mtime: made }, (give) => {
      source = Readable.from(sheetXml(sheet)).on("error", fail);
      give(null, source);
    });
  zip.end();
  return output;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** The places of a cell's looks in `STYLES`. */
const LOOK = { title: 1, money: 2 } as const;

/** Plain, bold on grey for titles, money. The first two fills are Excel's own. */
const STYLES = `<styleSheet xmlns="${MAIN}">
<numFmts count="1"><numFmt numFmtId="164" formatCode="#,##0.00;[Red]-#,##0.00"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFF3F5F7"/><bgColor indexed="64"/></patternFill></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>`;

/** All parts of the workbook but for the sheets themselves. */
function frame(sheets: readonly Sheet[]): [name: string, xml: string][] {
  const each = (part: (n: number, sheet: Sheet) => string) =>
    sheets.map((sheet, index) => part(index + 1, sheet)).join("\n");
  return [
    [
      "[Content_Types].xml",
      `<Types xmlns="${PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/>
<Override PartName="/xl/styles.xml" ContentType="${TYPES}.styles+xml"/>
${each((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${TYPES}.worksheet+xml"/>`)}
</Types>`,
    ],
    [
      "_rels/.rels",
      `<Relationships xmlns="${PACKAGE}/relationships">
<Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>`,
    ],
    [
      "xl/workbook.xml",
      `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}">
<sheets>
${each((n, { name }) => `<sheet name="${escaped(name)}" sheetId="${n}" r:id="rId${n}"/>`)}
</sheets>
</workbook>`,
    ],
    [
      "xl/_rels/workbook.xml.rels",
      `<Relationships xmlns="${PACKAGE}/relationships">
${each((n) => `<Relationship Id="rId${n}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${n}.xml"/>`)}
<Relationship Id="rId${sheets.length + 1}" Type="${RELATIONS}/styles" Target="styles.xml"/>
</Relationships>`,
    ],
    ["xl/styles.xml", STYLES],
  ];
}

/** A stream hands over one text after another: one of many rows costs less than many of one. */
const ROWS_AT_ONCE = 200;

/** A sheet, row after row; its titles stay in sight and it prints across the page. */
async function* sheetXml({ columns, rows }: Sheet): AsyncGenerator<string, undefined> {
  const letters = columns.map((_, index) => columnLetters(index));
  const rowXml = (n: number, cells: readonly Cell[], look?: number): string =>
    `<row r="${n}">${cells.map((cell, index) => cellXml(`${letters[index]}${n}`, cell, look)).join("")}</row>\n`;
  const widths = columns.map(
    ({ width }, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  const titles = columns.map(({ title }) => title);
  let xml = `${HEAD}<worksheet xmlns="${MAIN}">
<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>
<cols>${widths.join("")}</cols>
<sheetData>
${rowXml(1, titles, LOOK.title)}`;
  let n = 1;
  for await (const cells of rows()) {
    xml += rowXml(++n, cells);
    if (n % ROWS_AT_ONCE > 0) continue;
    yield xml;
    xml = "";
  }
  yield `${xml}</sheetData>
<pageSetup orientation="landscape"/>
</worksheet>`;
}

/** `A` of 0, `AA` of 26. */
function columnLetters(index: number): string {
  const before = Math.floor(index / 26);
  return (before > 0 ? columnLetters(before - 1) : "") + String.fromCharCode(65 + (index % 26));
}

function cellXml(at: string, cell: Cell, look?: number): string {
  if (cell === null || cell === "") return "";
  const as = look === undefined ? "" : ` s="${look}"`;
  if (typeof cell === "bigint") return `<c r="${at}" s="${LOOK.money}"><v>${formatMoney(cell)}</v></c>`;
  if (typeof cell === "number") return `<c r="${at}"${as}><v>${cell}</v></c>`;
  return `<c r="${at}"${as} t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
}

/** What a cell of Excel holds. */
const CELL_LENGTH = 32_767;

/** A text as XML has it, without the control characters that XML cannot carry. */
const escaped = (text: string): string =>
  text
    .slice(0, CELL_LENGTH)
    .replace(/[^\P{Cc}\t\n\r]/gu, "")
    .replace(/\p{Surrogate}|[\uFFFE\uFFFF]/gu, "\uFFFD")
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
