import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What becomes of a connection at some message of the client: see `Fault`. */
export type FaultKind =
  /** The message does not reach the server; both sides lose the connection. */
  | "cut before"
  /** The server gets the message and does what it says; its answer and the connection are lost. */
  | "cut after"
  /** The server gets the message; nothing comes back, and nobody is told. */
  | "stall"
  /** The client is told that the server has nothing more to say, before it has said it. */
  | "half-close";

/** A fault that strikes at the client's n-th message from now on, counted over all connections from 1. */
export interface Fault {
  readonly kind: FaultKind;
  readonly atMessage: number;
}

/** A TCP proxy between a program and its database server that does what networks do. */
export interface TcpProxy {
  readonly port: number;
  /** Lets one fault strike once. */
  inject(fault: Fault): void;
  /** Whether a fault is still to come. */
  readonly armed: boolean;
  /** Connections that were asked for since the start. */
  readonly connections: number;
  /** Cuts the connections that are open, once. */
  cut(): void;
  /** Takes no new connection and cuts those that are open, as an outage does; `mend` ends it. */
  fail(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function startProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let failing = false;
  let connections = 0;
  let messages = 0;
  let fault: Fault | null = null;
  let strikesAt = 0;

  const server = createServer((client) => {
    connections++;
    if (failing) return client.destroy();
    const upstream = connect({ ...target, noDelay: true });
    client.setNoDelay(true);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
      // A cut connection ends in an error on the other side; that is what is wanted.
      socket.on("error", () => socket.destroy());
    }
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    let silent = false;
    client.on("data", (bytes) => {
      messages++;
      const struck = fault && messages >= strikesAt ? fault.kind : null;
      if (struck) fault = null;
      if (struck === "cut before") return cut();
      if (struck) silent = true;
      upstream.write(bytes);
      // The server's first word shows that it has got the message: what it does then is not undone by the cut.
      if (struck === "cut after") upstream.once("data", cut);
      if (struck === "half-close") upstream.once("data", () => client.end());
    });
    upstream.on("data", (bytes) => {
      if (!silent) client.write(bytes);
    });
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => {
      if (!silent) client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    inject(next) {
      fault = next;
      strikesAt = messages + next.atMessage;
    },
    get armed() {
      return fault !== null;
    },
    get connections() {
      return connections;
    },
    cut,
    fail() {
      failing = true;
      cut();
    },
    mend() {
      failing = false;
    },
    close: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => resolve());
      }),
  };
}
