import type { CompanyConfig } from "../../config/schema.ts";
import type { CompanyContext } from "../../context.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import { checkOutbox } from "../../outbox/check-outbox.ts";
import type { SageSource } from "../../sage/tables.ts";
import type { CompanyResult } from "../company-result.ts";
import { newRunId, runCompany } from "../company-run.ts";
import { runProblems } from "../problems.ts";
import type { RunContext, Tell } from "../records.ts";

/**
 * A decision of a person, as a run of its own under the company's lease, noted in the journal. What stands in its
 * way, another instance at work included, is its problem.
 */
export async function decide<T>(
  context: RunContext,
  company: CompanyConfig,
  command: string,
  work: (context: CompanyContext, sage: SageSource, tell: Tell) => Promise<Outcome<T>>,
): Promise<Outcome<T & { readonly notices: readonly string[] }>> {
  const outcomes: Outcome<T>[] = [];
  const run = { runId: newRunId(context), command };
  const { error, notices } = await runCompany<CompanyResult>(
    context,
    company,
    run,
    { notices: [] },
    async (own, sage, tell) => {
      // A decision that a restored journal knows nothing of would be lost with what it was made about.
      const outbox = await checkOutbox(own);
      const outcome = outbox.ok ? await work(own, sage, tell) : outbox;
      outcomes.push(outcome);
      return { company: company.id, notices: [], error: outcome.ok ? null : outcome.problem };
    },
  );
  const [outcome] = outcomes;
  // A refusal has no place for them.
  if (!outcome?.ok) for (const notice of notices) context.log.warn(notice, { company: company.id });
  if (outcome) return outcome.ok ? ok({ ...outcome.value, notices }) : outcome;
  return fail({ hint: "", ...(error ?? runProblems.company_failed(company.id, "nothing was said")) });
}
