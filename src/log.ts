import winston from "winston";

/** What the program says while it works: to stderr for people, as JSON lines for machines. Data goes to stdout. */
export type Log = Pick<winston.Logger, "error" | "warn" | "info" | "debug">;

export interface LogTarget {
  readonly log: Log;
  /** Ends the transports and waits until they have written everything. */
  close(): Promise<void>;
}

/** A line above this is cut: one that is larger than a file may be stops winston's file transport for good. */
const MAX_MESSAGE_LENGTH = 8_000;
const MAX_FILE_BYTES = 10_000_000;
const MAX_FILES = 10;

const bounded = winston.format((info) => {
  const message = String(info.message);
  return message.length <= MAX_MESSAGE_LENGTH
    ? info
    : { ...info, message: `${message.slice(0, MAX_MESSAGE_LENGTH)}…` };
});

/** A line as a person reads it on a terminal: time, level, message, then what it is about. */
const readable = winston.format.printf(({ level, message, timestamp, ...about }) => {
  const details = Object.entries(about)
    .filter(([name]) => typeof name === "string")
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return [String(timestamp).slice(11, 19), level.padEnd(5), message, ...details].join(" ");
});

/** Opens the log: readable on a terminal, JSON lines where stderr goes elsewhere, and to files if a folder is given. */
export function openLog(options: {
  readonly level: string;
  readonly folder: string | null;
  readonly terminal: boolean;
}): LogTarget {
  const json = winston.format.combine(winston.format.timestamp(), bounded(), winston.format.json());
  const transports: winston.transport[] = [
    new winston.transports.Console({
      stderrLevels: ["error", "warn", "info", "debug"],
      format: options.terminal
        ? winston.format.combine(winston.format.timestamp(), bounded(), readable)
        : json,
    }),
  ];
  if (options.folder)
    transports.push(
      new winston.transports.File({
        dirname: options.folder,
        filename: "tieout.log",
        format: json,
        maxsize: MAX_FILE_BYTES,
        maxFiles: MAX_FILES,
        tailable: true,
      }),
    );
  const logger = winston.createLogger({ level: options.level, transports });
  return {
    log: logger,
    close: async () => {
      const finished = transports.map(
        (transport) => new Promise<void>((resolve) => transport.once("finish", () => resolve())),
      );
      logger.end();
      await Promise.all(finished);
    },
  };
}

/** Says nothing: for commands whose every word is data. */
export const silentLog: Log = winston.createLogger({ silent: true });
