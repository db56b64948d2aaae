import { leftToLong } from "./extent.ts";

/** Said once before the tests and once after them: a part that did not run must not look as if it had passed. */
const say = () => {
  const left = leftToLong();
  if (left.length > 0)
    console.warn(
      `\nThe short run; \`npm run test:long\` does all. Here\n${left.map((one) => `   ${one}\n`).join("")}`,
    );
  if (process.env.TIEOUT_TEST_SQLSERVER) return;
  console.warn(
    "\n!! SQL SERVER IS NOT TESTED: set TIEOUT_TEST_SQLSERVER=mssql://user:password@host:port/database to run every\n" +
      "!! suite marked (SQL Server) as well. Only SQLite was tested in this run.\n",
  );
};

export default function announce(): () => void {
  say();
  return say;
}
