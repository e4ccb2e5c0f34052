# The oracle of test/golden/math.ts: reads (x, our value) pairs of doubles, as many for each function named, prints the
# largest error in units in the last place, and writes the worst and some other samples to test/golden/math.json.
# mpmath works with 160 bits. A reference value is a sum of two doubles.

import json
import sys

import mpmath as mp

mp.mp.prec = 160
FUNCTIONS = {
    "exp": mp.exp,
    "log": mp.log,
    "log1p": mp.log1p,
    "logOnePlus": mp.log1p,
    "tanh": mp.tanh,
    "normalCdf": lambda x: mp.ncdf(x) if abs(x) < 40 else mp.mpf(x > 0),
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)) if x >= 0 else mp.exp(x) / (1 + mp.exp(x)),
}
SMALLEST, LARGEST = mp.mpf(2) ** -1022, mp.mpf(sys.float_info.max)


def measure(name, pairs):
    table = []
    for x, value in pairs:
        truth = FUNCTIONS[name](mp.mpf(x))
        if not SMALLEST <= abs(truth) <= LARGEST:
            continue
        error = abs(mp.mpf(value) - truth) / mp.ldexp(1, mp.frexp(truth)[1] - 53)
        table.append((float(error), x, float(truth), float(truth - mp.mpf(float(truth)))))
    spread = table[:: len(table) // 40][:40]
    table.sort(reverse=True)
    print(f"{name}64: {table[0][0]:.3f} ulp at {table[0][1]!r}, {len(table)} samples")
    return [row[1:] for row in table[:20] + spread]


names = sys.argv[1:]
import array

data = array.array("d", sys.stdin.buffer.read())
count = len(data) // len(names)
golden = {"note": "[x, reference, rest] from mpmath by test/golden/math.py; the true value is reference + rest."}
for i, name in enumerate(names):
    part = data[i * count : (i + 1) * count]
    golden[name] = measure(name, list(zip(part[::2], part[1::2])))
rows = [f" {json.dumps(key)}: " + (json.dumps(value) if key == "note" else "[\n  " + ",\n  ".join(map(json.dumps, value)) + "\n ]") for key, value in golden.items()]
open("test/golden/math.json", "w").write("{\n" + ",\n".join(rows) + "\n}\n")
