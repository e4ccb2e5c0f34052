// The program's layout in memory: what src/plan/ writes and the interpreters (assembly/, src/backend/js/) read. Plain
// constants with names for every word, read by TypeScript and AssemblyScript alike; not a place for code.
//
//   program ─► ┌──────────────────────┐ 0
//              │ header: 64 words     │      where the sections are, which batch it is, which phases a step has
//              ├──────────────────────┤ HYPER (bytes)
//              │ hyper: 32 doubles    │      learning rate and the like; may change between steps
//              ├──────────────────────┤ RECORDS (bytes)
//              │ record 0: 24 words   │      one operation: its kind, then addresses in bytes and sizes
//              │ record 1 …           │
//              ├──────────────────────┤ header[phaseTable] (bytes)
//              │ phases               │      what each goes over, and its records
//              └──────────────────────┘
//
// m = examples in the batch, k = inputs of the layer, n = outputs of the layer.
// kp = k rounded up to 8, np = n rounded up to 4: what is beyond k and n is 0, so no kernel has a tail.
//
// A program is a list of phases, each a run of records. A phase goes over the panels of the batch, over the blocks of
// the weights, or is done once; between two phases that are shared all threads meet. A training step has
//
//   passes (panels): forward, loss, backward ─► cost (once) ─► updates (blocks): gradients, optimizer ─► next (once)
//
// Weights (np, kp) lie in strips of COLUMNS inputs, the last one narrower, each strip row-major: a strip is what a
// forward pass needs at a time, and a run of its rows, a block, is what an update needs at a time. The data set lies in
// the same strips, each the rows (count, COLUMNS) of all examples. Where nothing is trained, weights lie in strips of
// UNITS units, which is what one example needs at a time, and the examples in rows.
//
// Scratch belongs to one thread: addresses of scratch are thread 0's, the others' lie scratchStride bytes apart. It
// begins with a note of the strip whose inputs lie packed there for the weight gradient (record and first input); at
// ROUNDED lie the hyperparameters of an update; at TAKEN it is counted how much of the thread's share of a phase has
// been taken, by itself and by others.

export const LANES = 8; // examples in a panel
export const GROUP = 32; // panels that go through the layers together, at most
export const ROWS = 32; // rows of the left matrix that stay in the cache while the panels pass by
export const COLUMNS = 256; // inputs in a strip of a weight matrix
export const UNITS = 8; // units in a strip of a weight matrix that only predicts
export const CHUNK = 256; // examples packed at a time for a weight gradient
// Numbers from tile to tile there. 16 more than a tile has: whole kilobytes apart, all tiles would share few lines of
// the cache.
export const TILE = CHUNK * LANES + 16;
export const FOUR = 4 * COLUMNS + 16; // the same of four rows of weights that are copied together
// Bytes of a layer's weights which a core's second- or third-level cache keeps from panel to panel, and from the pass
// forward to the pass back. A judgement.
export const CACHE = 4194304;
export const ROUNDED = 16; // bytes: after the note
export const TAKEN = 192; // bytes: a cache line of its own, as all threads write to it
export const SCRATCH_HEAD = 256; // bytes of scratch before the first buffer
export const RESERVED = 4096; // bytes at the start of memory that belong to the kernels' constants

/** Words of the header. Addresses are in bytes. */
export enum Header {
  // the plan's, written once; only inference sets count anew, where fewer examples than the plan has room for are left
  count, // examples in memory
  batch, // m of a whole batch; the last one may be shorter
  order, // address: i32[count], the order in which examples are visited
  losses, // address: T[panels · 8], loss of each example of the batch
  costs, // address: f64[], cost of each step of a dispatch
  norms, // address: f64[blocks], sum of squares of each block's gradient
  rates, // address: f64[], learning rate of each step of a dispatch; 0 where it is always the same
  scratch, // address: thread 0's
  scratchStride, // bytes
  threads,
  wide, // 1 where a layer has more weights than stay in a cache
  phases, // how many there are
  phaseTable, // bytes from the program to the words of Phase of each
  // the step's
  start, // position in order of the current batch's first example
  examples, // m of the current batch
  badUpdate, // 1 when an update gave a weight that is not finite
  // the host's
  spins, // looks at a meeting before a thread goes to sleep
  // where threads meet, in a cache line of its own
  generation = 48, // counts the meetings
  arrived, // threads at the current one
  sleepers, // threads asleep at it
  stop, // set by the host: stop before the next update
  over, // 1 when no further step is to be done
  done, // steps of this dispatch that are finished
}

/** Words of a phase. */
export enum Phase {
  over, // one of Over
  first, // its first record
  last, // the record after its last
  blocks, // how many, where it goes over blocks
}
export const PHASE_WORDS = 4;

/** What a phase goes over. */
export enum Over {
  panels, // those of the current batch: one record after the other is run over a group of them
  blocks, // those of the layers' weights: one operation after the other is done on each
  once, // nothing: it is run by one thread
}

// Hyperparameters, in doubles.
export const HYPER = 256;
export enum Hyper {
  inputScale,
  learningRate,
  momentum,
  beta1,
  beta2,
  epsilon,
  weightDecay,
  beta1Power, // beta1 to the number of updates done
  beta2Power,
  clipNorm, // the largest norm of a gradient
  gradientScale, // what this step's gradient is multiplied by, so that its norm is at most clipNorm
  clipValue, // the largest size of an element of a gradient
  ema, // share of a running average of the weights that an update leaves
  swaStart, // the update after which the weights are first averaged, all alike; and from one such to the next
  swaEvery,
  averageShare, // share of the average that this update leaves
  maxNorm, // the largest norm of a unit's weights
  l1, // λ₁: λ₁·sign(w) joins the gradient of the weights
  updates, // updates begun
  nadamPower, // 0.96^(0.004·t) for update t
  nadamProduct, // Nadam's μ₁·μ₂·…·μₜ
}

// Records.
export const RECORDS = 512;
export const RECORD = 24; // words, of which the first is the kind

/** What a record does. Its words, if any, are those of the enum of the same name below. */
export enum Kind {
  // over panels
  gatherLabels = 1,
  gatherTargets,
  gatherNoisy,
  denseForward,
  predictForward,
  activationForward,
  dropoutForward,
  layerNormForward,
  batchNormForward,
  addForward,
  lossAndGradient,
  weighLosses,
  activationBackward,
  dropoutBackward,
  layerNormBackward,
  batchNormBackward,
  keepGradient,
  addGradient,
  denseBackwardInput,
  storeRows,
  storePanels,
  storeProducts,
  // over blocks: layerBlocks says which blocks there are, and how many of the records after it are done on each
  layerBlocks,
  denseBackwardWeights,
  sumRows,
  limitGradient,
  addSigns,
  squaredNorm,
  scaleGradient,
  update,
  runStatistics,
  average,
  limitRows,
  products,
  // once
  moments,
  cost,
  clip,
  beginUpdate,
  nextBatch,
}

// The families. A record's `which` is a member of one; the names are those of src/catalogue.ts.
export enum Activation {
  linear,
  relu,
  leakyRelu,
  tanh,
  sigmoid,
  softmax,
  gelu,
  geluTanh,
  elu,
  selu,
  softplus,
  softsign,
  silu,
  mish,
  hardSigmoid,
  hardSwish,
  exponential,
  prelu,
}
export enum Loss {
  binaryCrossEntropy,
  categoricalCrossEntropy,
  meanSquaredError,
  huber,
  meanAbsoluteError,
  logCosh,
  quantile,
  poisson,
  hinge,
}
export enum Optimizer {
  sgd,
  momentum,
  nesterov,
  rmsprop,
  adam,
  adamw,
  rmspropCentered,
  adagrad,
  adadelta,
  amsgrad,
  nadam,
  radam,
  lion,
}

/** Types of a dense layer's source. */
export enum Source {
  uint8, // rows of a data set, in strips
  float32,
  float64,
  panels, // activations of the layer before, in panels
  examples, // for a weight gradient: input j is 1 for example j, else 0 (the Gram form)
}

// The words of the records. A double takes two words and begins at an even one. An operand in panels is a pair (address, bytes from panel to panel): in scratch the first
// panel is the first of the group, elsewhere the first of the batch.

/** y = class indices of the batch, one-hot where n > 1: `on` for the class, `off` for others. */
export enum GatherLabels {
  y = 1, // scratch
  yStride,
  labels, // i32[count]
  n,
  off = 6, // double: 0, or what label smoothing leaves to the others
  on = 8, // double
}
/** y = rows of targets of the batch. */
export enum GatherTargets {
  y = 1, // scratch
  yStride,
  targets, // T[count][n]
  n,
}
/**
 * out = inputScale·x + deviation·e, with normal numbers e by seed, step, example and input; in panels. What is beyond k
 * stays 0.
 */
export enum GatherNoisy {
  out = 1,
  outStride,
  x,
  xType, // one of Source, not panels
  xStride, // examples in a strip of a data set
  k,
  seed,
  deviation = 8, // double
}
/** z = x · wᵀ + b, with x times inputScale where `scaled`. */
export enum DenseForward {
  z = 1,
  zStride,
  x,
  xType, // one of Source
  xStride, // bytes from panel to panel; examples in a strip of a data set
  k,
  kp,
  np,
  w,
  b,
  scaled, // 1 where x is multiplied by inputScale
  panels, // scratch: where a data set's rows are gathered into panels
}
/**
 * The same where nothing is trained: x are panels, or rows of numbers of the network's type, and the weights lie in
 * strips of UNITS units, [strip][k][UNITS].
 */
export enum PredictForward {
  z = 1,
  zStride,
  x,
  xStride, // bytes from panel to panel; 0 for rows
  k,
  np,
  w,
  b,
  scaled, // 1 where x is multiplied by inputScale
  panels, // scratch: where rows are gathered into panels
}
/** a = g(z). a and z may be the same. */
export enum ActivationForward {
  which = 1, // one of Activation
  a,
  z,
  stride, // of both
  rows, // units
  slope = 6, // double: leakyRelu's
  slopes = 8, // T[rows]: prelu's
}
/** out = kept ? factor·a + shift : instead, with bits drawn from seed, step, layer, example and unit. */
export enum DropoutForward {
  out = 1,
  a,
  stride, // of both
  rows, // units
  layer,
  seed,
  threshold, // kept are those whose 32 bits are at least this
  factor, // double
  shift = 10, // double
  instead = 12, // double
}
/**
 * Of each example: x = (z − mean) / √(variance + epsilon) over the units, in the place of z, and behind the units
 * 1/√(variance + epsilon); out = gamma·x + beta.
 */
export enum LayerNormForward {
  out = 1,
  stride,
  z,
  zStride,
  n,
  np,
  gamma, // T[np]
  beta,
  epsilon = 10, // double
}
/** Of each unit: x = (z − mean) / √(variance + epsilon) in the place of z; out = gamma·x + beta. */
export enum BatchNormForward {
  out = 1,
  stride,
  z,
  zStride,
  n,
  gamma, // T[np]
  beta,
  mean,
  variance,
  epsilon = 10, // double
}
/** out = a + x, both in panels. */
export enum AddForward {
  out = 1,
  a,
  stride, // of both
  x,
  xStride,
  rows, // units
}
/** Each example's loss, and dz = ∂cost/∂z (∂cost/∂a where the loss takes outputs a). */
export enum LossAndGradient {
  which = 1, // one of Loss
  dz, // scratch
  dzStride,
  z,
  zStride,
  y, // scratch
  yStride,
  n,
  np,
  parameter, // double: huber's δ, quantile's q
}
/** Each example's loss and dz are multiplied by its weight. */
export enum WeighLosses {
  dz = 1, // scratch
  dzStride,
  n,
  weights, // T[count]
}
/** dz = da ∘ g′(z); dz holds da on entry. */
export enum ActivationBackward {
  which = 1,
  dz, // scratch
  dzStride,
  kept, // a or z of the forward pass, as the activation's backward wants
  keptStride,
  rows,
  slope = 8, // double
  slopes = 10, // T[rows]
}
/** dz = kept ? factor·dz : 0 */
export enum DropoutBackward {
  dz = 1, // scratch
  dzStride,
  rows,
  layer,
  seed,
  threshold,
  factor = 8, // double
}
/** dz of z from that of the layer norm's output, in its place. */
export enum LayerNormBackward {
  dz = 1, // scratch
  dzStride,
  x, // what the forward pass left in the place of z
  xStride,
  n,
  np,
  gamma,
}
/** The same of a batch norm: gamma/√(variance + epsilon)·(dy − dbeta/m − x·dgamma/m), 0 beyond the batch. */
export enum BatchNormBackward {
  dz = 1, // scratch
  dzStride,
  x,
  xStride,
  n,
  mp,
  dy, // T[np][mp]
  gamma,
  variance,
  dgamma, // T[np], sums over the batch
  dbeta,
  epsilon = 12, // double
}
/** kept = dz */
export enum KeepGradient {
  kept = 1,
  keptStride,
  dz, // scratch
  dzStride,
  rows,
}
/** dz = dz + kept */
export enum AddGradient {
  kept = 1,
  keptStride,
  dz, // scratch
  dzStride,
  rows,
}
/** da = wᵀ · dz */
export enum DenseBackwardInput {
  da = 1, // scratch
  dz, // scratch
  stride, // of both
  w,
  kp,
  n,
  np,
  some, // scratch: T[ROWS / 4][COLUMNS][4], FOUR numbers from four rows to the next: some of the weights
}
/** rows = dz of a panel beside that of the others, unit by unit. */
export enum StoreRows {
  rows = 1, // T[np][mp]
  dz, // scratch
  dzStride,
  np,
  mp,
}
/** rows = x of a panel beside that of the others, unit by unit. */
export enum StorePanels {
  rows = 1, // T[np][mp]
  x,
  xStride,
  np,
  mp,
}
/** rows = dz ∘ x, or dz ∘ min(x, 0), of a panel beside that of the others, unit by unit. */
export enum StoreProducts {
  rows = 1, // T[np][mp]
  dz, // scratch
  dzStride,
  x,
  xStride,
  np,
  mp,
  below, // 1 for min(x, 0)
}
/**
 * The blocks of a layer: runs of at most `height` rows in a strip of its weights. The first block's operations take the
 * layer's vectors along: the bias and what else is learnt for each unit. How many blocks there are is the first word of
 * this record and of the others that go over blocks by themselves, LimitRows and Products.
 */
export enum LayerBlocks {
  blocks = 1,
  operations, // how many of the next records are done on each block
  kp,
  np,
  height,
  dw, // the weights' gradient, in the weights' order; 0 where it is not kept and a block's is only in `block`
  db, // T[vectors]: the vectors' gradient, the bias's first
  vectors, // how many numbers there are
  block, // scratch: the gradient of one block
}
/** Gradient of a block's weights, dw = dz · x, and with the first block db = Σ dz. */
export enum DenseBackwardWeights {
  rows = 1, // T[np][mp]: dz of the whole batch
  x,
  xType, // one of Source
  xStride, // bytes from panel to panel; examples in a strip of a data set
  k,
  mp,
  tile, // scratch: packed inputs
  scaled, // 1 where x is multiplied by inputScale
}
/** sums[unit] = Σ rows over the batch; over blocks, with the first one. */
export enum SumRows {
  sums = 1, // T[np]
  rows, // T[np][mp]
  np,
  mp,
}
/** norms[block] = Σ of the squares of the block's gradient. */
export enum SquaredNorm {
  first = 1, // number of the layer's first block
}
/** λ₁·sign(w) joins a block's gradient, but not the bias's. */
export enum AddSigns {
  w = 1, // address of the layer's first weight
}
/** The optimizer on a block. w, v, s and u are addresses of the layer's first weight; the vectors follow the weights. */
export enum Update {
  which = 1, // one of Optimizer
  w,
  v,
  s,
  u,
}
/**
 * With the first block the running mean and variance move to the batch's: r = (1 − momentum)·r + momentum·batch, the
 * batch's variance times m/(m − 1).
 */
export enum RunStatistics {
  running = 1, // T[2][np8]
  batch, // T[2][np8]
  np8,
  momentum = 4, // double
}
/** average = averageShare·average + (1 − averageShare)·w, with the first block the vectors', too. */
export enum Average {
  w = 1, // addresses of the layer's first weight
  average,
  vectors, // how many numbers there are, with those that are not learnt
}
/** Mean and variance of each unit over the batch, of the rows; these hold nothing of use afterwards. */
export enum Moments {
  rows = 1, // T[np][mp]
  n,
  mp,
  mean, // T[np]
  variance,
}
/** gradientScale = min(1, clipNorm / (‖gradient‖ + 10⁻⁶)) */
export enum Clip {
  blocks = 1, // how many norms
}
/** A unit's weights are scaled down to norm maxNorm where theirs is larger; a block is a unit. */
export enum LimitRows {
  blocks = 1, // as many as units
  w, // address of the layer's first weight
  kp,
  np,
}
/** Products of the examples with one another; a block is a row of them. */
export enum Products {
  blocks = 1, // as many as examples
  products, // f64[count][count]
  x,
  xType, // one of Source
  k,
}
