import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { stopOnSignals } from "../../src/daemon/signals.ts";

function listening() {
  const events = new EventEmitter();
  const said: string[] = [];
  const exits: number[] = [];
  let stops = 0;
  const target = {
    on: events.on.bind(events),
    off: events.off.bind(events),
    exit: (code: number) => void exits.push(code),
    stderr: { write: (text: string) => said.push(text) },
  };
  const release = stopOnSignals(() => stops++, target);
  return { events, release, exits, said, stops: () => stops };
}

it.each([
  ["SIGINT", undefined],
  ["SIGTERM", undefined],
  ["message", "shutdown"],
])("stops at %s", (event, argument) => {
  const { events, stops, exits } = listening();
  events.emit(event, argument);
  expect(stops()).toBe(1);
  expect(exits).toEqual([]);
});

it("stops once, however it is asked", () => {
  const { events, stops, exits } = listening();
  events.emit("SIGTERM");
  events.emit("message", "shutdown");
  events.emit("SIGTERM");
  events.emit("SIGINT");
  expect(stops()).toBe(1);
  expect(exits).toEqual([]);
});

it("lets other messages pass", () => {
  const { events, stops } = listening();
  events.emit("message", { type: "process:msg" });
  expect(stops()).toBe(0);
});

it("ends at once at a second SIGINT, and says what that means", () => {
  const { events, exits, said } = listening();
  events.emit("SIGINT");
  expect([exits, said]).toEqual([[], []]);
  events.emit("SIGINT");
  expect(exits).toEqual([130]);
  expect(said.join("")).toContain("what was claimed is finished by the next run");
});

it("leaves no listener behind once it is released", () => {
  const { events, release, stops } = listening();
  expect(events.eventNames()).toEqual(["SIGINT", "SIGTERM", "message"]);
  release();
  expect(events.eventNames()).toEqual([]);
  events.emit("SIGTERM");
  expect(stops()).toBe(0);
});
