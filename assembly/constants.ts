// The numbers that exp, log and the like are made of, once for TypeScript and AssemblyScript: plain constants, no code.
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

// A float as sign, exponent and fraction; for doubles these are the upper 32 bits. Adding LOG_OFFSET (the bits of
// 1 less those of √½) to the bits of x carries into the exponent where its fraction is √2 or more, so that what is left
// of the fraction, added to the bits of √½, is √½ ≤ 1 + f < √2.
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

// From here on tanh rounds to 1.
export const TANH_MAX_32 = 10.0;
export const TANH_MAX_64 = 20.0;

// 1 − Φ(x) = e^(−x²/2)·t·(CDF_0 + CDF_1·y + CDF_2·y² + …) for x ≥ 0, t = 1/(1 + CDF_SCALE·x), y = 2t − 1
export const CDF_SCALE = 0.25;

export const CDF32_0 = 0.18882128596305847;
export const CDF32_1 = 0.151974156498909;
export const CDF32_2 = 0.09678434580564499;
export const CDF32_3 = 0.04663053900003433;
export const CDF32_4 = 0.015099162235856056;
export const CDF32_5 = 0.0018844292499125004;
export const CDF32_6 = -0.0008699886384420097;
export const CDF32_7 = -0.00040551001438871026;
export const CDF32_8 = 3.341334740980528e-05;
export const CDF32_9 = 5.3893443691777065e-05;
export const CDF32_10 = -4.3277057670820795e-07;
export const CDF32_11 = -5.29574617758044e-06;

export const CDF64_0 = 0.18882128260393788;
export const CDF64_1 = 0.15197416049297308;
export const CDF64_2 = 0.09678435018555373;
export const CDF64_3 = 0.04663046448990915;
export const CDF64_4 = 0.015099143722729469;
export const CDF64_5 = 0.001885047241846578;
export const CDF64_6 = -0.0008699230917619934;
export const CDF64_7 = -0.00040770461685247714;
export const CDF64_8 = 3.333607735295814e-05;
export const CDF64_9 = 5.7773754340693565e-05;
export const CDF64_10 = -4.770615878536427e-07;
export const CDF64_11 = -8.786277975709413e-06;
export const CDF64_12 = 1.7916469102987802e-07;
export const CDF64_13 = 1.4804027614809944e-06;
export const CDF64_14 = -1.5745918346230922e-07;
export const CDF64_15 = -2.5619627541381934e-07;
export const CDF64_16 = 6.811574237786468e-08;
export const CDF64_17 = 3.994349035559805e-08;
export const CDF64_18 = -2.1716617539994733e-08;
export const CDF64_19 = -4.461231943245354e-09;
export const CDF64_20 = 5.356900960863089e-09;
export const CDF64_21 = 1.4684066912467977e-10;
export const CDF64_22 = -9.326612704670926e-10;
export const CDF64_23 = 2.999445507813274e-11;
export const CDF64_24 = 8.508280771623737e-11;

// 1/√(2π): the normal density is this times e^(−x²/2).
export const DENSITY = 0.3989422804014327;

// gelu by tanh: a = ½·z·(1 + tanh(GELU_SCALE·(z + GELU_CUBE·z³))), GELU_SCALE = √(2/π)
export const GELU_SCALE = 0.7978845608028654;
export const GELU_CUBE = 0.044715;

// Optimizer moments below this are set to 0.
export const TINY_32 = 1e-30;
export const TINY_64 = 1e-300;

// selu: a = z > 0 ? λ·z : λ·α·(e^z − 1), so that a layer of normal numbers keeps mean 0 and variance 1. The constants
// are those of https://arxiv.org/abs/1706.02515, SELU_SCALE = λ and SELU_EDGE = λ·α.
export const SELU_SCALE = 1.0507009873554805;
export const SELU_EDGE = 1.7580993408473768;

// The logarithm of 2.
export const LN2 = 0.6931471805599453;

// Slopes of the hard activations.
export const SIXTH = 0.16666666666666666;
export const THIRD = 0.3333333333333333;

// Nadam's momentum of update t is β₁·(1 − ½·0.96^(0.004·t)), as PyTorch's: 0.96^0.004, by which the power moves on.
export const NADAM_DECAY = 0.9998367253526753;

// What is added to a gradient's norm before it is compared with the largest allowed, as PyTorch's clip_grad_norm_ does.
export const CLIP_EPSILON = 1e-6;

// What is added to a norm of weights that is larger than allowed, as PyTorch's renorm does.
export const RENORM_EPSILON = 1e-7;

// The normal number of a probability p: for |p − ½| ≤ NORMAL_MIDDLE a quotient of polynomials A and B in
// NORMAL_MIDDLE² − (p − ½)², else of C and D in √(−log p) − NORMAL_TAIL. Source: Wichura, "Algorithm AS 241: the
// percentage points of the normal distribution", Applied Statistics 37 (1988).
export const TO_SHARE = 2.3283064365386963e-10; // 2⁻³²
export const NORMAL_MIDDLE = 0.425;
export const NORMAL_TAIL = 1.6;
export const NORMAL_A0 = 3.387132872796366608;
export const NORMAL_A1 = 133.14166789178437745;
export const NORMAL_A2 = 1971.5909503065514427;
export const NORMAL_A3 = 13731.693765509461125;
export const NORMAL_A4 = 45921.953931549871457;
export const NORMAL_A5 = 67265.770927008700853;
export const NORMAL_A6 = 33430.575583588128105;
export const NORMAL_A7 = 2509.0809287301226727;
export const NORMAL_B1 = 42.313330701600911252;
export const NORMAL_B2 = 687.1870074920579083;
export const NORMAL_B3 = 5394.1960214247511077;
export const NORMAL_B4 = 21213.794301586595867;
export const NORMAL_B5 = 39307.89580009271061;
export const NORMAL_B6 = 28729.085735721942674;
export const NORMAL_B7 = 5226.495278852854561;
export const NORMAL_C0 = 1.42343711074968357734;
export const NORMAL_C1 = 4.6303378461565452959;
export const NORMAL_C2 = 5.7694972214606914055;
export const NORMAL_C3 = 3.64784832476320460504;
export const NORMAL_C4 = 1.27045825245236838258;
export const NORMAL_C5 = 0.24178072517745061177;
export const NORMAL_C6 = 0.0227238449892691845833;
export const NORMAL_C7 = 0.00077454501427834140764;
export const NORMAL_D1 = 2.05319162663775882187;
export const NORMAL_D2 = 1.6763848301838038494;
export const NORMAL_D3 = 0.68976733498510000455;
export const NORMAL_D4 = 0.1481039764274800746;
export const NORMAL_D5 = 0.0151986665636164571966;
export const NORMAL_D6 = 0.000547593808499534494600;
export const NORMAL_D7 = 0.00000000105075007164441684324;
