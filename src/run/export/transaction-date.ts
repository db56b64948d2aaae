import { type CompanyConfig, companyTimezone } from "../../config/schema.ts";
import type { Context } from "../../context.ts";
import { type Day, dayIn } from "../../core/time.ts";

/**
 * The transaction date of a company's batches: the day that is given, else the day it is in the company's time zone;
 * never before `not_before`.
 */
export function transactionDate(
  { config, clock }: Pick<Context, "config" | "clock">,
  company: CompanyConfig,
  given: Day | undefined,
): Day {
  const day = given ?? dayIn(companyTimezone(config, company), clock.now());
  return company.not_before && day < company.not_before ? company.not_before : day;
}
