import { Writable } from "node:stream";
import winston from "winston";
import type { Log } from "../../src/log.ts";

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [about: string]: unknown;
}

/** A log whose lines a test can read. */
export function recordedLog(): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const stream = new Writable({
    write: (text, _encoding, done) => {
      lines.push(JSON.parse(String(text)) as LogLine);
      done();
    },
  });
  const transports = [new winston.transports.Stream({ stream, format: winston.format.json() })];
  return { log: winston.createLogger({ level: "debug", transports }), lines };
}
