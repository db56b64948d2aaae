import { moneyJson } from "./money-json.ts";

/** A text of about this length is handed on; one longer would only cost memory. */
const TEXT_LENGTH = 65_536;

/**
 * A value as `moneyJson` has it, text after text: what is asynchronously iterable in it becomes a list, whose items are
 * asked for as they are written.
 * @param levels how many levels of objects and lists are taken apart; what lies deeper is written as one text each,
 * and nothing asynchronous may be in it
 */
export async function* jsonTexts(value: unknown, indent: number, levels: number): AsyncGenerator<string> {
  let text = "";
  for await (const piece of pieces(value, " ".repeat(indent), "\n", levels)) {
    text += piece;
    if (text.length < TEXT_LENGTH) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

type Texts = AsyncIterable<string> | Iterable<string>;

/** @param line what begins a line at this depth: its end and the indentation */
function pieces(value: unknown, step: string, line: string, levels: number): Texts {
  if (isAsync(value)) return list(value, step, line, levels);
  if (levels > 0 && Array.isArray(value)) return list(value, step, line, levels);
  if (levels > 0 && typeof value === "object" && value !== null) return members(value, step, line, levels);
  return [asText(value, step, line)];
}

async function* list(
  items: AsyncIterable<unknown> | Iterable<unknown>,
  step: string,
  line: string,
  levels: number,
): AsyncGenerator<string> {
  const own = line + step;
  let text = "[";
  let isEmpty = true;
  for await (const item of items) {
    text += isEmpty ? own : `,${own}`;
    isEmpty = false;
    if (levels > 1) {
      yield text;
      yield* pieces(item, step, own, levels - 1);
      text = "";
    } else {
      text += asText(item, step, own);
      if (text.length < TEXT_LENGTH) continue;
      yield text;
      text = "";
    }
  }
  yield `${text}${isEmpty ? "" : line}]`;
}

async function* members(value: object, step: string, line: string, levels: number): AsyncGenerator<string> {
  const own = line + step;
  let before = "{";
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${before}${own}${JSON.stringify(name)}: `;
    yield* pieces(member, step, own, levels - 1);
    before = ",";
  }
  yield before === "{" ? "{}" : `${line}}`;
}

const isAsync = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;

/** A line end within a text of JSON is one between its parts: those within its strings are escaped. */
const asText = (value: unknown, step: string, line: string): string =>
  (moneyJson(value, step.length) ?? "null").replaceAll("\n", line);
