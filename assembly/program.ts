// The program's layout in memory: what src/plan.ts writes and the interpreters (assembly/run.ts, src/backend/js.ts)
// read. Plain constants, read by TypeScript and AssemblyScript alike; not a place for code.
//
//   program ─► ┌──────────────────────┐ 0
//              │ header: 64 words     │      where the batch is, where the sections are
//              ├──────────────────────┤ HYPER (bytes)
//              │ hyper: 16 doubles    │      learning rate and the like; may change between steps
//              ├──────────────────────┤ RECORDS (bytes)
//              │ record 0: 16 words   │      one operation: kind, then addresses in bytes and sizes
//              │ record 1 …           │
//              └──────────────────────┘
//
// m = examples in the batch, k = inputs of the layer, n = outputs of the layer.
// kp = k rounded up to 8, np = n rounded up to 4: what is beyond k and n is 0, so no kernel has a tail.
//
// Weights (np, kp) lie in strips of COLUMNS inputs, the last one narrower, each strip row-major: a strip is what a
// forward pass needs at a time, and a run of its rows, a block, is what an update section needs at a time. The data set
// lies in the same strips, each the rows (COUNT, COLUMNS) of all examples.
//
// Scratch belongs to one thread: addresses of scratch are thread 0's, the others' lie SCRATCH_STRIDE bytes apart. It
// begins with a note of the strip whose inputs lie packed there for the weight gradient (record and strip); at HYPERS lie
// the hyperparameters of an update, at TAKEN is counted what of a thread's share has been taken.

export const LANES = 8; // examples in a panel
export const GROUP = 32; // panels that go through the layers together, at most
export const COLUMNS = 256; // inputs in a strip of a weight matrix
export const CHUNK = 256; // examples packed at a time for a weight gradient
export const TILE = CHUNK * LANES + 16; // numbers from tile to tile there: with whole kilobytes all tiles would share few lines of the cache
export const HYPERS = 16; // bytes
export const TAKEN = 128;
export const RESERVED = 4096; // bytes at the start of memory that belong to the kernels' constants

// Header, in words.
export const START = 0; // position in ORDER of the batch's first example
export const EXAMPLES = 1; // m of the current batch
export const BATCH = 2; // m of a whole batch
export const COUNT = 3; // examples in the data set
export const ORDER = 4; // address: i32[COUNT], the order in which examples are visited
export const LOSSES = 5; // address: T[panels · 8], loss of each example of the batch
export const COSTS = 6; // address: f64[], cost of each step of a dispatch
export const BAD_UPDATE = 7; // 1 when an update gave a weight that is not finite
export const KEEP = 8; // 1 when the weight gradients of a step are to be found in memory after it; else they may not be
export const SECTIONS = 20; // pairs of words: first record, record after the last
export const SCRATCH = 17; // address: thread 0's
export const SCRATCH_STRIDE = 18; // bytes
export const BLOCKS = 19; // blocks of the update section
export const SPINS = 15; // looks at a meeting before a thread goes to sleep
export const THREADS = 16;
// Where threads meet, in a cache line of its own.
export const GENERATION = 48; // counts the meetings
export const ARRIVED = 49; // threads at the current one
export const SLEEPERS = 50; // threads asleep at it
export const STOP = 51; // set by the host: stop before the next update
export const FAILED = 52; // set by the host: a thread is gone, give up
export const OVER = 53; // 1 when no further step is to be done
export const DONE = 54; // steps finished

// Sections. The first four run over panels, UPDATE over blocks.
export const FORWARD = 0;
export const LOSS = 1;
export const BACKWARD = 2;
export const OUTPUT = 3;
export const UPDATE = 4;

export const PRODUCTS = 5; // no panels, no blocks: runs over rows of products

// Hyperparameters, in doubles.
export const HYPER = 256;
export const INPUT_SCALE = 0;
export const LEARNING_RATE = 1;
export const MOMENTUM = 2;
export const BETA1 = 3;
export const BETA2 = 4;
export const EPSILON = 5;
export const WEIGHT_DECAY = 6;
export const BETA1_POWER = 7; // beta1 to the number of updates done
export const BETA2_POWER = 8;

// Records.
export const RECORDS = 384;
export const RECORD = 16; // words

// Kinds, with their words. An operand in panels is a pair (address, bytes from panel to panel); in scratch the first
// panel is the first of the group, elsewhere the first of the batch.
export const GATHER_LABELS = 2; //  out, stride (scratch), labels i32[COUNT], n
export const GATHER_TARGETS = 3; // out, stride (scratch), targets T[COUNT][n], n
export const DENSE_FORWARD = 4; //  z, stride, source, type of source, stride, k, kp, np, w, b, scaled, scratch
export const RELU_FORWARD = 5; //   a, stride, rows
export const LEAKY_RELU_FORWARD = 6;
export const TANH_FORWARD = 7;
export const SIGMOID_FORWARD = 8;
export const SOFTMAX_FORWARD = 9;
export const RELU_BACKWARD = 10; // dz, stride (scratch), a, stride, rows; dz holds da on entry
export const LEAKY_RELU_BACKWARD = 11;
export const TANH_BACKWARD = 12;
export const SIGMOID_BACKWARD = 13;
export const BINARY_CROSS_ENTROPY = 14; // dz, stride (scratch), z, stride, y, stride (scratch), n, np
export const CATEGORICAL_CROSS_ENTROPY = 15;
export const MEAN_SQUARED_ERROR = 16;
export const DENSE_BACKWARD_INPUT = 17; // da, dz, stride of both (scratch), w, kp, n, np
export const STORE_ROWS = 18; //           rows T[np][mp], dz, stride (scratch), np, mp
export const DENSE_BACKWARD_WEIGHTS = 19; // dw, db, rows, source, type of source, stride, k, kp, np, mp, tile, scaled, blocks, rows of a block, scratch for one
export const SGD_UPDATE = 20; //             w, v, s, bias length
export const MOMENTUM_UPDATE = 21;
export const NESTEROV_UPDATE = 22;
export const RMSPROP_UPDATE = 23;
export const ADAM_UPDATE = 24;
export const ADAMW_UPDATE = 25;
export const GRAM = 26; // products f64[COUNT][COUNT], x, type of x, examples in a strip, k

// Types of a dense layer's source. Its stride is in bytes for panels, else the examples in a strip.
export const UINT8 = 0;
export const FLOAT32 = 1;
export const FLOAT64 = 2;
export const PANELS = 3; // activations of the layer before, in panels
export const EXAMPLES_THEMSELVES = 4; // weight gradients only: input j is 1 for example j, else 0 (the Gram form)
