// How much a file of others may hold.

/** Bytes that a dataset may declare where nobody says. */
export const USUAL_BYTES = 2 ** 31;
