import { describe, expect, it } from "vitest";
import { driverConfig } from "../../src/db/sqlserver-config.ts";

const LEAST = {
  server: "sql01",
  database: "ProcoreStaging",
  encrypt: true,
  trust_server_certificate: false,
  connect_timeout: 15,
  statement_timeout: 120,
};

describe("what the driver is told of a connection", () => {
  it("is its address and its time limits, a small pool, our name, and no retries of its own", () => {
    expect(driverConfig({ ...LEAST, port: 1433, user: "tieout", password: "secret" })).toMatchObject({
      server: "sql01",
      port: 1433,
      database: "ProcoreStaging",
      user: "tieout",
      password: "secret",
      connectionTimeout: 15_000,
      requestTimeout: 120_000,
      pool: { max: 4, min: 0 },
      options: {
        encrypt: true,
        trustServerCertificate: false,
        appName: "tieout",
        maxRetriesOnTransientErrors: 0,
      },
    });
  });

  it("is the domain of a Windows account, which makes it log on by NTLM", () => {
    expect(driverConfig({ ...LEAST, user: "svc", password: "x", domain: "EXAMPLE" })).toMatchObject({
      user: "svc",
      domain: "EXAMPLE",
    });
  });

  it("is a named instance, and then no port", () => {
    const { port, options } = driverConfig({ ...LEAST, instance: "SQLEXPRESS" });
    expect([port, options?.instanceName]).toEqual([undefined, "SQLEXPRESS"]);
  });

  it("is a way of Azure AD to log on, passed through as it is", () => {
    const authentication = { type: "azure-active-directory-default", options: { clientId: "abc" } };
    expect(driverConfig({ ...LEAST, authentication }).authentication).toEqual(authentication);
  });
});
