// The numbers exp, log and friends are made of, once, for TypeScript and AssemblyScript alike: plain constants, no code.
// The float32 ones are float32 values written out in full, so neither side rounds them. How they were found, and what
// error they leave: docs/numerics.md.

// x·log2(e) + ROUND leaves the nearest whole number in the low bits of the sum; ROUND = 1.5·2^23 and 1.5·2^52.
export const ROUND_32 = 12582912.0;
export const ROUND_64 = 6755399441055744.0;

export const LOG2E_32 = 1.4426950216293335;
export const LOG2E_64 = 1.4426950408889634;

// ln 2 in two parts, the first short enough that k·LN2_HIGH is exact for every exponent k.
export const LN2_HIGH_32 = 0.693145751953125;
export const LN2_LOW_32 = 1.428606765330187e-6;
export const LN2_HIGH_64 = 0.6931471803691238;
export const LN2_LOW_64 = 1.9082149292705877e-10;

// The smallest x whose e^x is a normal number, and the largest whose e^x is finite.
export const EXP_MIN_32 = -87.33654022216797;
export const EXP_MAX_32 = 88.72283172607422;
export const EXP_MIN_64 = -708.3964185322641;
export const EXP_MAX_64 = 709.782712893384;

// e^r − 1 = r + r²·(EXP_2 + EXP_3·r + EXP_4·r² + …) for |r| ≤ ln(2)/2
export const EXP_2 = 0.5;

export const EXP32_3 = 0.1666666567325592;
export const EXP32_4 = 0.04166646674275398;
export const EXP32_5 = 0.008333643898367882;
export const EXP32_6 = 0.0013934982707723975;
export const EXP32_7 = 0.00019664611318148673;

export const EXP64_3 = 0.16666666666666677;
export const EXP64_4 = 0.0416666666666693;
export const EXP64_5 = 0.008333333333322201;
export const EXP64_6 = 0.0013888888887189507;
export const EXP64_7 = 0.00019841269882022865;
export const EXP64_8 = 2.4801590936642574e-05;
export const EXP64_9 = 2.755725098353576e-06;
export const EXP64_10 = 2.755413304980532e-07;
export const EXP64_11 = 2.5106350388871627e-08;
export const EXP64_12 = 2.1888919771507507e-09;

// log(1 + f) = f − f²/2 + s·(f²/2 + z·(LOG_1 + LOG_2·z + …)) for s = f/(2 + f), z = s², √½ ≤ 1 + f < √2
export const LOG32_1 = 0.6666666269302368;
export const LOG32_2 = 0.40000972151756287;
export const LOG32_3 = 0.2849879264831543;
export const LOG32_4 = 0.2427881509065628;

export const LOG64_1 = 0.6666666666666735;
export const LOG64_2 = 0.3999999999940935;
export const LOG64_3 = 0.28571428743686744;
export const LOG64_4 = 0.22222198428929402;
export const LOG64_5 = 0.18183572358388478;
export const LOG64_6 = 0.15313832056079907;
export const LOG64_7 = 0.14798260049094875;

// A float as sign, exponent and fraction; for doubles these are the upper 32 bits. Adding LOG_OFFSET (1 − √½) to the
// bits of x carries into the exponent from √2 on, so that the fraction that is left stands for √½ ≤ 1 + f < √2.
export const FRACTION_BITS_32 = 23;
export const FRACTION_32 = 0x007fffff;
export const SQRT_HALF_32 = 0x3f3504f3;
export const LOG_OFFSET_32 = 0x004afb0d;
export const FRACTION_BITS_64 = 20;
export const FRACTION_64 = 0x000fffff;
export const SQRT_HALF_64 = 0x3fe6a09e;
export const LOG_OFFSET_64 = 0x00095f62;

// The smallest normal number, and the power of two that lifts subnormals above it.
export const NORMAL_32 = 1.1754943508222875e-38;
export const LIFT_32 = 16777216.0;
export const LIFTED_32 = 24.0;
export const NORMAL_64 = 2.2250738585072014e-308;
export const LIFT_64 = 18014398509481984.0;
export const LIFTED_64 = 54.0;

// From here on tanh is 1.
export const TANH_MAX_32 = 10.0;
export const TANH_MAX_64 = 20.0;

// Optimizer moments below this are set to 0.
export const TINY_32 = 1e-30;
export const TINY_64 = 1e-300;

// Slope of leakyRelu for negative z.
export const LEAK = 0.01;

// What is added to a gradient's norm before it is compared with the largest allowed, as PyTorch's clip_grad_norm_ does.
export const CLIP_EPSILON = 1e-6;
