// What is loaded when the first model of others is wanted: one piece, as each further one would cut the rest of the
// library into smaller pieces, too.

export { importNetwork } from "./import.js";
export { networkToKeras } from "./keras-write.js";
