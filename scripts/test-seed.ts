/** What all random values of tests are made from: `TRUSTLOOM_SEED`, else always the same. */
export const seedOfRun = (): string => process.env.TRUSTLOOM_SEED ?? '1';
