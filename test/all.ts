// What the default run leaves out, as it takes minutes and rarely finds more than the rest: products of which pairs are
// kept, more mutants, longer trainings. With WASMLP_TESTS=all it is run, too.

export const all = process.env.WASMLP_TESTS === "all";
