/** No news reach an operator of registrations and requests that name others, so the tables are asked for so often. */
export const LOOKS_EVERY_MS = 5_000;
