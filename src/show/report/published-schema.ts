import { z } from "zod";

/** The JSON schema of what is given to others, where money is text with two decimals. */
export const publishedSchema = (schema: z.ZodType) =>
  z.toJSONSchema(schema, {
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type !== "pipe") return;
      const { description } = jsonSchema;
      delete jsonSchema.description;
      Object.assign(jsonSchema, { type: "string", pattern: "^-?\\d+\\.\\d{2}$" });
      if (description !== undefined) jsonSchema.description = description;
    },
  });
