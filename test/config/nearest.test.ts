import { expect, test } from "vitest";
import { nearest } from "../../src/config/nearest.ts";

test("the key meant is found through slips, other case and other separators", () => {
  const known = ["outbox", "rejects", "reports", "batch_by", "overdue_after_days", "id"];
  expect(nearest("outbx", known)).toBe("outbox");
  expect(nearest("otubox", known)).toBe("outbox");
  expect(nearest("Batch-By", known)).toBe("batch_by");
  expect(nearest("overdueAfterDay", known)).toBe("overdue_after_days");
});

test("nothing is proposed where nothing or no single key is near", () => {
  expect(nearest("colour", ["outbox", "id"])).toBeNull();
  expect(nearest("x", ["id"])).toBeNull();
  expect(nearest("cost", ["most", "post"])).toBeNull();
});
