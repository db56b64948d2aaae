import { inflateRawSync } from "node:zlib";

export type Cell = { readonly is: "number" | "text"; readonly value: string };

/** The cells of a workbook's sheets, row by row, as its XML has them; null where a cell is empty. */
export function readWorkbook(bytes: Buffer): Map<string, (Cell | null)[][]> {
  const parts = unzip(bytes);
  const part = (name: string): string => {
    const xml = parts.get(name);
    if (xml === undefined) throw new Error(`the workbook has no ${name}`);
    return xml;
  };
  const shared = parts.has("xl/sharedStrings.xml")
    ? [...part("xl/sharedStrings.xml").matchAll(/<si>(.*?)<\/si>/gs)].map(([, si]) => textOf(si ?? ""))
    : [];
  const names = [...part("xl/workbook.xml").matchAll(/<sheet [^>]*?name="([^"]*)"/g)].map(
    ([, name]) => name ?? "",
  );
  return new Map(
    names.map((name, index) => {
      const xml = part(`xl/worksheets/sheet${index + 1}.xml`);
      if (/<f[\s>]/.test(xml)) throw new Error(`the sheet ${name} has a formula`);
      return [
        name,
        [...xml.matchAll(/<row[^>]*>(.*?)<\/row>/gs)].map(([, row]) => cellsOf(row ?? "", shared)),
      ];
    }),
  );
}

function cellsOf(row: string, shared: readonly string[]): (Cell | null)[] {
  const cells: (Cell | null)[] = [];
  for (const [, attributes = "", content = ""] of row.matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
    const column = /r="([A-Z]+)\d+"/.exec(attributes)?.[1] ?? "A";
    const index = [...column].reduce((n, letter) => n * 26 + letter.charCodeAt(0) - 64, 0) - 1;
    while (cells.length < index) cells.push(null);
    const type = /t="(\w+)"/.exec(attributes)?.[1] ?? "n";
    const value = /<v>(.*?)<\/v>/s.exec(content)?.[1] ?? textOf(content);
    if (type === "s") cells.push({ is: "text", value: shared[Number(value)] ?? "" });
    else if (type === "n") cells.push(value === "" ? null : { is: "number", value });
    else if (type === "inlineStr") cells.push({ is: "text", value });
    else cells.push({ is: "text", value: unescaped(value) });
  }
  return cells;
}

const textOf = (xml: string): string =>
  unescaped([...xml.matchAll(/<t[^>]*>(.*?)<\/t>/gs)].map(([, text]) => text ?? "").join(""));

const unescaped = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");

/** The files of a ZIP archive as texts, found by its central directory. */
function unzip(bytes: Buffer): Map<string, string> {
  const end = bytes.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  const files = new Map<string, string>();
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n--) {
    const [method, size] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(from, from + size);
    const content = method === 0 ? packed : inflateRawSync(packed);
    files.set(bytes.toString("utf8", at + 46, at + 46 + name), content.toString("utf8"));
    at += 46 + name + extra + comment;
  }
  return files;
}
