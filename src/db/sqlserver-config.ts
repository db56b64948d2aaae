import type { config as DriverConfig } from "mssql";

/** How to reach a SQL Server database, as the configuration gives it. Times in seconds. */
export interface SqlserverConnection {
  readonly server: string;
  readonly port?: number | undefined;
  readonly instance?: string | undefined;
  readonly database: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** With a domain, user and password log on by NTLM. */
  readonly domain?: string | undefined;
  /** A way to log on that the driver knows (Azure AD), passed through as it is. */
  readonly authentication?:
    | { readonly type: string; readonly options: Readonly<Record<string, string>> }
    | undefined;
  readonly encrypt: boolean;
  readonly trust_server_certificate: boolean;
  readonly connect_timeout: number;
  readonly statement_timeout: number;
}

/** A transaction uses one connection, a cursor another; more would only burden the server. */
const POOL_SIZE = 4;
/** Connections unused for so long are closed: between runs none is left to die unnoticed. In milliseconds. */
const IDLE_MS = 10_000;
/** The name by which a DBA finds our sessions. */
const APPLICATION_NAME = "tieout";

/** The driver's configuration of a connection. */
export function driverConfig(connection: SqlserverConnection): DriverConfig {
  const { server, port, instance, database, user, password, domain, authentication } = connection;
  return {
    server,
    database,
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(domain === undefined ? {} : { domain }),
    // The driver's types name each type of Azure AD by itself; here it is what the configuration says.
    ...(authentication === undefined
      ? {}
      : { authentication: authentication as DriverConfig["authentication"] }),
    connectionTimeout: connection.connect_timeout * 1000,
    requestTimeout: connection.statement_timeout * 1000,
    // A state of the socket costs nothing to look at; what it does not show ends in a failure that is tried again.
    validateConnection: "socket",
    pool: {
      max: POOL_SIZE,
      min: 0,
      idleTimeoutMillis: IDLE_MS,
      // Waiting for a connection includes making it, which has its own limit.
      acquireTimeoutMillis: (connection.connect_timeout + connection.statement_timeout) * 1000,
    },
    options: {
      encrypt: connection.encrypt,
      trustServerCertificate: connection.trust_server_certificate,
      appName: APPLICATION_NAME,
      // Any error ends a transaction as a whole, on the server too (`xact_abort`). Set at the login: what a statement
      // sets is forgotten with it, since the driver runs each in a scope of its own.
      abortTransactionOnError: true,
      // Every retry is ours: the driver's own would hide how long a failure lasts.
      maxRetriesOnTransientErrors: 0,
      ...(instance === undefined ? {} : { instanceName: instance }),
    },
  } as DriverConfig;
}
