// Names as T-SQL writes them.

export const bracketed = (name: string): string => `[${name.replaceAll("]", "]]")}]`;
export const qualified = (name: string): string => name.split(".").map(bracketed).join(".");
