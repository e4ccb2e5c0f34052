"""Values of one iteration by a NumPy program of our own, right and with one mistake planted at a time.

Writes test/fixtures/trace.npz: for each program the arrays that it would save, one after the other in `numbers`, with
what it was run on; of one with a mistake those that differ from the right one's. The program is
the course's L-layer network written anew; each mistake is one line of it written wrongly, as people write it.

    python3 scripts/fixtures-trace.py
"""

import json
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


ACTIVATIONS = {
    "relu": (lambda z: np.maximum(z, 0), lambda z, a: (z > 0) * 1.0),
    "tanh": (np.tanh, lambda z, a: 1 - a**2),
    "sigmoid": (sigmoid, lambda z, a: a * (1 - a)),
}


def data(features, m, seed):
    """Bytes (m, features), the second example black, and labels."""
    random = np.random.RandomState(seed)
    raw = random.randint(0, 256, (m, features))
    raw[1] = 0
    return raw, random.permutation(np.arange(m) % 2)


def run(sizes, hidden, raw, labels, rate, iteration, mistake=None, at=None, seed=1):
    """Values of an iteration, examples as columns; the mistake is made in it alone, in layer `at` or in all."""
    L = len(sizes) - 1
    m = len(labels)
    now = False

    def wrong(name, layer=None):
        return now and mistake == name and (at is None or layer is None or at == layer)

    X = (raw / 255).T
    Y = labels.reshape(1, m).astype(float)
    np.random.seed(seed)
    W, b = {}, {}
    for l in range(1, L + 1):
        n, k = sizes[l], sizes[l - 1]
        W[l] = np.random.randn(n, k) / np.sqrt(k)
        b[l] = np.zeros((n, 1))

    def roots():
        nonlocal X, Y
        if wrong("X-bytes"):
            X = raw.T.astype(float)
        if wrong("X-twice"):
            X = X / 255
        if wrong("X-standardised"):
            X = (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)
        if wrong("X-standardised-all"):
            X = (X - X.mean()) / X.std()
        if wrong("X-centred"):
            X = X - X.mean(axis=1, keepdims=True)
        if wrong("X-minus-one-to-one"):
            X = 2 * X - 1
        if wrong("X-reshaped"):
            X = (raw / 255).reshape(X.shape)
        order = np.random.RandomState(3).permutation(m)
        if wrong("shuffled"):
            X, Y = X[:, order], Y[:, order]
        if wrong("shuffled-apart"):
            X, Y = X[:, order], Y[:, order[::-1]]
        if wrong("X-shuffled"):
            X = X[:, order]
        if wrong("X-features"):
            X = X[::-1]
        if wrong("Y-swapped"):
            Y = 1 - Y
        if wrong("Y-signs"):
            Y = 2 * Y - 1
        np.random.seed(seed)
        for l in range(1, L + 1):
            n, k = sizes[l], sizes[l - 1]
            if wrong("seed-each-layer"):
                np.random.seed(seed)
            if wrong("drawn-transposed"):
                drawn = np.random.randn(k, n).T
            elif wrong("rand"):
                drawn = np.random.rand(n, k)
            else:
                drawn = np.random.randn(n, k)
            scale = 1 / np.sqrt(k)
            for name, other in {
                "init-0.01": 0.01,
                "init-he": np.sqrt(2 / k),
                "init-1": 1,
                "init-no-root": 1 / k,
                "init-zeros": 0,
            }.items():
                if wrong(name, l):
                    scale = other
            if now and mistake and mistake.startswith(("init", "seed", "drawn", "rand")) and mistake != "init-b":
                W[l] = drawn * scale
            if wrong("init-b", l):
                b[l] = np.ones((n, 1))
        if wrong("other-seed"):
            np.random.seed(seed + 4)
            for l in range(1, L + 1):
                W[l] = np.random.randn(*W[l].shape) / np.sqrt(sizes[l - 1])

    values = {}
    for i in range(iteration + 1):
        now = i == iteration
        if now:
            roots()
            values = {"X": X, "Y": Y}
            for l in range(1, L + 1):
                values[f"W{l}"], values[f"b{l}"] = W[l].copy(), b[l].copy()
        A, Z, dA, dZ, dW, db = {0: X}, {}, {}, {}, {}, {}
        old_W, old_b = dict(W), dict(b)

        def forward():
            for l in range(1, L + 1):
                name = hidden if l < L else "sigmoid"
                x = A[l - 1]
                if wrong("Z-from-Z", l) and l > 1:
                    x = Z[l - 1]
                if wrong("Z-from-X", l) and l > 1:
                    x = X
                w = W[l].T if wrong("Z-W-transposed", l) else W[l]
                Z[l] = np.dot(w, x) + b[l]
                if wrong("Z-no-bias", l):
                    Z[l] = np.dot(W[l], x)
                if wrong("Z-minus-bias", l):
                    Z[l] = np.dot(W[l], x) - b[l]
                if wrong("Z-bias-across", l):
                    Z[l] = np.dot(W[l], x) + b[l].ravel()
                A[l] = ACTIVATIONS[name][0](Z[l])
                if wrong("A-sigmoid-twice", l) and l == L:
                    A[l] = sigmoid(A[l])
                if wrong("A-sigmoid", l) and l < L:
                    A[l] = sigmoid(Z[l])
                if wrong("A-tanh", l) and l < L:
                    A[l] = np.tanh(Z[l])
                if wrong("A-relu", l):
                    A[l] = np.maximum(Z[l], 0)
                if wrong("A-leaky", l) and l < L:
                    A[l] = np.where(Z[l] > 0, Z[l], 0.01 * Z[l])
                if wrong("A-none", l):
                    A[l] = Z[l]
                if wrong("A-relu-sigmoid", l) and l == L:
                    A[l] = sigmoid(np.maximum(Z[l], 0))
                if wrong("A-exponent", l) and l == L:
                    A[l] = 1 / (1 + np.exp(Z[l]))
                if wrong("A-minimum", l) and l < L:
                    A[l] = np.minimum(Z[l], 0)
                if wrong("A-absolute", l) and l < L:
                    A[l] = np.abs(Z[l])
                if wrong("A-threshold", l) and l == L:
                    A[l] = (A[l] > 0.5) * 1.0
                if wrong("A-softmax", l) and l == L:
                    A[l] = np.exp(Z[l]) / np.exp(Z[l]).sum(axis=0)
                if wrong("A-softmax-examples", l) and l == L:
                    A[l] = np.exp(Z[l]) / np.exp(Z[l]).sum(axis=1, keepdims=True)
                if wrong("A-dropout", l) and l < L:
                    A[l] = A[l] * (np.random.RandomState(5).rand(*A[l].shape) < 0.7) / 0.7

        forward()
        AL = A[L]
        one, two = Y * np.log(AL), (1 - Y) * np.log(1 - AL)
        cost = -np.sum(one + two) / m
        if wrong("cost-sign"):
            cost = np.sum(one + two) / m
        if wrong("cost-sum"):
            cost = -np.sum(one + two)
        if wrong("cost-log2"):
            cost = -np.sum(Y * np.log2(AL) + (1 - Y) * np.log2(1 - AL)) / m
        if wrong("cost-log10"):
            cost = -np.sum(Y * np.log10(AL) + (1 - Y) * np.log10(1 - AL)) / m
        if wrong("cost-first-term"):
            cost = -np.sum(one) / m
        if wrong("cost-term-sign"):
            cost = -np.sum(one - two) / m
        if wrong("cost-mean-twice"):
            cost = -np.mean(one + two) / m
        if wrong("cost-sum-sign"):
            cost = np.sum(one + two)
        if wrong("cost-half"):
            cost = -np.sum(one + two) / (2 * m)
        if wrong("cost-squares"):
            cost = np.mean((AL - Y) ** 2)
        if wrong("cost-each"):
            cost = -(one + two) / m

        dA[L] = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
        if wrong("dAL-sign"):
            dA[L] = -dA[L]
        if wrong("dAL-term-sign"):
            dA[L] = -(Y / AL + (1 - Y) / (1 - AL))
        if wrong("dAL-first-term"):
            dA[L] = -(Y / AL)
        if wrong("dAL-error"):
            dA[L] = AL - Y
        if wrong("dAL-swapped-labels"):
            dA[L] = -(AL / Y - (1 - AL) / (1 - Y))
        if wrong("dAL-mean"):
            dA[L] = dA[L] / m
        for l in range(L, 0, -1):
            name = hidden if l < L else "sigmoid"
            slope = ACTIVATIONS[name][1](Z[l], A[l])
            if wrong("dZ-relu-at-zero", l) and l < L:
                slope = (Z[l] >= 0) * 1.0
            if wrong("dZ-leaky", l) and l < L:
                slope = np.where(Z[l] > 0, 1, 0.01)
            if wrong("dZ-sigmoid-slope", l) and l < L:
                s = sigmoid(Z[l])
                slope = s * (1 - s)
            if wrong("dZ-tanh-slope", l) and l < L:
                slope = 1 - np.tanh(Z[l]) ** 2
            if wrong("dZ-relu-slope", l):
                slope = (Z[l] > 0) * 1.0
            if wrong("dZ-turned", l) and l < L:
                slope = (Z[l] <= 0) * 1.0
            if wrong("dZ-slope-of-A", l):
                slope = ACTIVATIONS[name][1](A[l], ACTIVATIONS[name][0](A[l]))
            if wrong("dZ-only-A", l):
                slope = A[l]
            if wrong("dZ-one-minus-A", l):
                slope = 1 - A[l]
            if wrong("dZ-formula-of-Z", l):
                slope = 1 - Z[l] ** 2 if name == "tanh" else Z[l] * (1 - Z[l])
            if wrong("dZ-square-outside", l) and l < L:
                slope = (1 - A[l]) ** 2
            if wrong("dZ-mask-before", l) and 1 < l < L:
                slope = ACTIVATIONS[name][1](Z[l - 1], A[l - 1])
            if wrong("dZ-times-Z", l):
                slope = Z[l]
            dZ[l] = dA[l] * slope
            if wrong("dZ-ones", l) and l < L:
                dZ[l] = slope
            if wrong("dZ-no-slope", l):
                dZ[l] = dA[l].copy()
            if wrong("dZ-mask-of-dA", l) and l < L:
                dZ[l] = np.maximum(dA[l], 0)
            if wrong("dZ-relu-of-dA", l) and l < L:
                dZ[l] = ACTIVATIONS[name][0](dA[l])
            if wrong("dZ-negative", l):
                dZ[l] = -dZ[l]
            if wrong("dZL-turned", l) and l == L:
                dZ[l] = Y - AL
            if wrong("dZL-extra", l) and l == L:
                dZ[l] = (AL - Y) * AL * (1 - AL)
            if wrong("dZL-mean", l) and l == L:
                dZ[l] = (AL - Y) / m
            if wrong("dZL-double", l) and l == L:
                dZ[l] = 2 * (AL - Y)
            if wrong("dZL-prediction", l) and l == L:
                dZ[l] = (AL > 0.5) - Y
            if wrong("dZL-from-Z", l) and l == L:
                dZ[l] = Z[l] - Y
            if wrong("dZL-outputs", l) and l == L:
                dZ[l] = AL.copy()

            dW[l] = np.dot(dZ[l], A[l - 1].T) / m
            for name, value in {
                "dW-sum": lambda: np.dot(dZ[l], A[l - 1].T),
                "dW-mean-twice": lambda: np.dot(dZ[l], A[l - 1].T) / m / m,
                "dW-negative": lambda: -np.dot(dZ[l], A[l - 1].T) / m,
                "dW-dA": lambda: np.dot(dA[l], A[l - 1].T) / m,
                "dW-own-A": lambda: np.dot(dZ[l], A[l].T) / m,
                "dW-from-Z": lambda: np.dot(dZ[l], (Z[l - 1] if l > 1 else X).T) / m,
                "dW-from-X": lambda: np.dot(dZ[l], X.T) / m,
                "dW-by-units": lambda: np.dot(dZ[l], A[l - 1].T) / dZ[l].shape[0],
                "dW-by-inputs": lambda: np.dot(dZ[l], A[l - 1].T) / A[l - 1].shape[0],
                "dW-transposed": lambda: np.dot(A[l - 1], dZ[l].T) / m,
                "dW-decay": lambda: np.dot(dZ[l], A[l - 1].T) / m + 0.7 / m * W[l],
                "dW-rate": lambda: rate * np.dot(dZ[l], A[l - 1].T) / m,
                "dW-total": lambda: np.zeros(W[l].shape) + np.sum(np.dot(dZ[l], A[l - 1].T) / m),
            }.items():
                if wrong(name, l):
                    dW[l] = value()
            db[l] = np.sum(dZ[l], axis=1, keepdims=True) / m
            for name, value in {
                "db-sum": lambda: np.sum(dZ[l], axis=1, keepdims=True),
                "db-mean-twice": lambda: np.mean(dZ[l], axis=1, keepdims=True) / m,
                "db-negative": lambda: -np.sum(dZ[l], axis=1, keepdims=True) / m,
                "db-axis": lambda: np.sum(dZ[l], axis=0, keepdims=True) / m,
                "db-total": lambda: np.sum(dZ[l]) / m,
                "db-mean-all": lambda: np.mean(dZ[l]),
                "db-total-broadcast": lambda: np.zeros(b[l].shape) + np.sum(dZ[l]) / m,
                "db-dA": lambda: np.sum(dA[l], axis=1, keepdims=True) / m,
                "db-each": lambda: dZ[l] / m,
                "db-dW": lambda: np.sum(dW[l], axis=1, keepdims=True),
                "db-by-units": lambda: np.sum(dZ[l], axis=1, keepdims=True) / dZ[l].shape[0],
                "db-zeros": lambda: np.zeros(b[l].shape),
                "db-keepdims": lambda: np.sum(dZ[l], axis=1) / m,
            }.items():
                if wrong(name, l):
                    db[l] = value()
            if wrong("dA-early", l):
                W[l] = W[l] - rate * dW[l]
            if l > 1:
                dA[l - 1] = np.dot(W[l].T, dZ[l])
                if wrong("dA-W-transposed", l - 1):
                    dA[l - 1] = np.dot(W[l], dZ[l])
                if wrong("dA-from-dA", l - 1):
                    dA[l - 1] = np.dot(W[l].T, dA[l])
                if wrong("dA-mean", l - 1):
                    dA[l - 1] = np.dot(W[l].T, dZ[l]) / m
                if wrong("dA-negative", l - 1):
                    dA[l - 1] = -np.dot(W[l].T, dZ[l])
                if wrong("dA-no-W", l - 1):
                    dA[l - 1] = np.zeros(A[l - 1].shape) + dZ[l]
        W, b = dict(old_W), dict(old_b)
        for l in range(1, L + 1):
            for P, dP, kind in ((W, dW, "W"), (b, db, "b")):
                if now and mistake and mistake.startswith("db") and kind == "b" and np.shape(dP[l]) != np.shape(P[l]):
                    P[l] = P[l] - rate * dP[l] if mistake == "db-keepdims" else P[l]
                    continue
                if np.shape(dP[l]) != np.shape(P[l]):
                    continue
                step = rate * dP[l]
                before = P[l]
                P[l] = before - step
                if kind == "b" and wrong("b-kept", l):
                    P[l] = before
                for name, value in {
                    "kept": lambda: before,
                    "ascent": lambda: before + step,
                    "no-rate": lambda: before - dP[l],
                    "rate": lambda: before - 3.7 * step,
                    "twice": lambda: before - 2 * step,
                    "mean-again": lambda: before - step / m,
                    "assigned": lambda: -step,
                    "sign": lambda: before - rate * np.sign(dP[l]),
                    "times": lambda: before * (1 - step),
                }.items():
                    if wrong(f"update-{name}", l) or wrong(f"update-{kind}-{name}", l):
                        P[l] = value()
        if wrong("cost-after"):
            a = X
            for l in range(1, L + 1):
                a = ACTIVATIONS[hidden if l < L else "sigmoid"][0](np.dot(W[l], a) + b[l])
            cost = -np.sum(Y * np.log(a) + (1 - Y) * np.log(1 - a)) / m
        if now:
            values["cost"] = np.asarray(cost)
            for l in range(1, L + 1):
                for name, of in {"Z": Z, "A": A, "dA": dA, "dZ": dZ, "dW": dW, "db": db}.items():
                    values[f"{name}{l}"] = np.asarray(of[l])
                values[f"W{l}_after"], values[f"b{l}_after"] = W[l], b[l]
                if wrong("later"):
                    values[f"W{l}"], values[f"b{l}"] = W[l], b[l]
    return values


def rows(sizes, raw, labels, rate, flat=False, mean_first=False):
    """The same network by another hand: examples as rows, weights (inputs, units), layers from 0."""
    L, m = len(sizes) - 1, len(labels)
    np.random.seed(1)
    w = [(np.random.randn(n, k) / np.sqrt(k)).T for k, n in zip(sizes, sizes[1:])]
    b = [np.zeros(n) for n in sizes[1:]]
    y = labels.astype(float) if flat else labels.astype(float).reshape(m, 1)
    x, values = raw / 255, {}
    values["X"], values["y"] = x, y
    a, cache = x, []
    for l in range(L):
        z = a @ w[l] + b[l]
        cache.append((a, z))
        values[f"w{l}"], values[f"b{l}"], values[f"z{l}"] = w[l], b[l], z
        a = np.maximum(z, 0) if l < L - 1 else sigmoid(z)
        values[f"a{l}"] = a
    values["loss"] = -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))
    dz = (a - y) / m if mean_first else a - y
    for l in reversed(range(L)):
        if l < L - 1:
            dz = da * (cache[l][1] > 0)
        values[f"dz{l}"] = dz
        if dz.shape != cache[l][1].shape:
            return values
        share = 1 if mean_first else m
        values[f"dw{l}"], values[f"db{l}"] = cache[l][0].T @ dz / share, dz.sum(axis=0) / share
        da = dz @ w[l].T
    for l in range(L):
        values[f"new_w{l}"] = w[l] - rate * values[f"dw{l}"]
        values[f"new_b{l}"] = b[l] - rate * values[f"db{l}"]
    return values


SMALL = dict(sizes=[5, 4, 3, 1], hidden="relu", m=7, data=7, iteration=0)
SQUARE = dict(sizes=[4, 4, 4, 1], hidden="relu", m=7, data=8, iteration=0)
LATER = dict(sizes=[5, 4, 3, 1], hidden="relu", m=7, data=7, iteration=2)
CROSSED = dict(sizes=[5, 7, 3, 1], hidden="relu", m=7, data=7, iteration=2)
TANH = dict(sizes=[5, 4, 3, 1], hidden="tanh", m=7, data=7, iteration=0)

# mistake, the id that names it, and what it is planted in
PLANTED = [
    ("X-bytes", "inputs-not-scaled", SMALL, None),
    ("X-twice", "inputs-scaled-twice", SMALL, None),
    ("X-standardised", "inputs-standardised-by-feature", SMALL, None),
    ("X-standardised-all", "inputs-standardised-over-all", SMALL, None),
    ("X-minus-one-to-one", "inputs-shifted-over-all", SMALL, None),
    ("X-reshaped", "inputs-reshaped", SMALL, None),
    ("X-features", "features-in-another-order", SMALL, None),
    ("shuffled", "shuffled", SMALL, None),
    ("X-shuffled", "shuffled-apart", SMALL, None),
    ("Y-swapped", "labels-turned", SMALL, None),
    ("Y-signs", "labels-signs", SMALL, None),
    ("init-0.01", "weights-drawn-0.01", SMALL, None),
    ("init-he", "weights-drawn-he", SMALL, None),
    ("init-no-root", "weights-drawn-by-inputs", SMALL, None),
    ("init-zeros", "weights-zero", SMALL, None),
    ("init-b", "biases-not-zero", SMALL, None),
    ("seed-each-layer", "seed-in-each-layer", SMALL, None),
    ("other-seed", "another-draw", SMALL, None),
    ("drawn-transposed", "drawn-transposed", SMALL, None),
    ("rand", "weights-positive", SMALL, None),
    ("later", "an-iteration-later", SMALL, None),
    ("Z-from-Z", "z-for-a", SMALL, None),
    ("Z-no-bias", "no-bias", LATER, None),
    ("Z-bias-across", "bias-across", CROSSED, 1),
    ("Z-W-transposed", "weight-transposed", SQUARE, 2),
    ("A-sigmoid-twice", "sigmoid-twice", SMALL, None),
    ("A-sigmoid", "activation-sigmoid", SMALL, None),
    ("A-none", "no-activation", SMALL, 2),
    ("A-relu-sigmoid", "relu-then-sigmoid", SMALL, None),
    ("A-exponent", "exponent-sign", SMALL, None),
    ("A-softmax", "activation-softmax", SMALL, None),
    ("cost-sign", "cost-sign", SMALL, None),
    ("cost-sum", "cost-sum", SMALL, None),
    ("cost-log2", "cost-log2", SMALL, None),
    ("cost-log10", "cost-log10", SMALL, None),
    ("cost-first-term", "cost-first-term", SMALL, None),
    ("cost-mean-twice", "cost-mean-twice", SMALL, None),
    ("cost-after", "cost-after-update", SMALL, None),
    ("dAL-sign", "sign", SMALL, None),
    ("dAL-term-sign", "da-term-sign", SMALL, None),
    ("dZL-turned", "sign", SMALL, None),
    ("dZL-extra", "extra-derivative", SMALL, None),
    ("dZL-mean", "mean-here", SMALL, None),
    ("dZ-no-slope", "no-derivative", SMALL, 2),
    ("dZ-ones", "ones-for-da", SMALL, 2),
    ("dZ-relu-at-zero", "relu-at-zero", SMALL, None),
    ("dZ-sigmoid-slope", "sigmoid-derivative", SMALL, None),
    ("dZ-turned", "relu-mask-turned", SMALL, None),
    ("dZ-mask-of-dA", "mask-of-da", SMALL, None),
    ("dZ-square-outside", "square-outside", TANH, None),
    ("dW-sum", "no-mean", SMALL, None),
    ("dW-mean-twice", "mean-twice", SMALL, None),
    ("dW-dA", "da-for-dz", SMALL, None),
    ("dW-transposed", "transposed", SQUARE, 2),
    ("dW-by-inputs", "by-inputs", SMALL, None),
    ("dW-decay", "weight-decay", SMALL, None),
    ("db-sum", "no-mean", SMALL, None),
    ("db-mean-twice", "mean-twice", SMALL, None),
    ("db-axis", "wrong-axis", SMALL, None),
    ("db-total", "sum-over-all", SMALL, 1),
    ("db-mean-all", "mean-over-all", SMALL, 1),
    ("db-keepdims", "keepdims", SMALL, None),
    ("dA-early", "updated-early", SMALL, None),
    ("dA-W-transposed", "weight-transposed", SQUARE, 1),
    ("dA-from-dA", "da-for-dz", SMALL, None),
    ("update-ascent", "ascent", SMALL, None),
    ("b-kept", "biases-not-updated", SMALL, None),
    ("update-W-kept", "not-updated", SMALL, None),
    ("update-no-rate", "no-rate", SMALL, None),
    ("update-rate", "learning-rate", SMALL, None),
    ("update-assigned", "step-for-weight", SMALL, None),
]

# planted in other places, after what names them was written
DEEP = dict(sizes=[6, 5, 4, 3, 2, 1], hidden="tanh", m=7, data=15, iteration=1, seed=3)
WIDE = dict(sizes=[3, 8, 6, 1], hidden="sigmoid", m=7, data=12, iteration=0, seed=4)
EVEN = dict(sizes=[5, 5, 5, 5, 1], hidden="relu", m=6, data=13, iteration=1, seed=5)
FRESH = dict(sizes=[9, 6, 6, 2, 1], hidden="relu", m=7, data=14, iteration=0, seed=6)
HELD_OUT = [
    ("X-bytes", "inputs-not-scaled", WIDE, None),
    ("X-centred", "inputs-standardised-by-feature", FRESH, None),
    ("X-reshaped", "inputs-reshaped", FRESH, None),
    ("shuffled-apart", "shuffled-apart", WIDE, None),
    ("init-1", "weights-drawn-1", FRESH, None),
    ("init-0.01", "weights-drawn-0.01", WIDE, 2),
    ("seed-each-layer", "seed-in-each-layer", FRESH, None),
    ("A-tanh", "activation-tanh", EVEN, 2),
    ("A-leaky", "activation-leakyRelu", EVEN, 3),
    ("A-minimum", "relu-turned", FRESH, 1),
    ("A-absolute", "absolute", FRESH, 3),
    ("A-relu", "activation-relu", DEEP, 2),
    ("A-threshold", "thresholded", DEEP, None),
    ("A-softmax-examples", "softmax-over-examples", WIDE, None),
    ("A-dropout", "dropout", FRESH, 2),
    ("A-sigmoid-twice", "sigmoid-twice", DEEP, None),
    ("Z-from-X", "inputs-again", EVEN, 3),
    ("Z-minus-bias", "bias-subtracted", DEEP, 2),
    ("Z-from-Z", "z-for-a", WIDE, 3),
    ("cost-term-sign", "cost-term-sign", DEEP, None),
    ("cost-sum-sign", "cost-sign-sum", WIDE, None),
    ("cost-half", "cost-half", EVEN, None),
    ("cost-squares", "cost-mean-squared", DEEP, None),
    ("cost-each", "cost-not-summed", WIDE, None),
    ("dAL-first-term", "da-first-term", EVEN, None),
    ("dAL-error", "da-error", DEEP, None),
    ("dAL-swapped-labels", "da-swapped", WIDE, None),
    ("dZ-no-slope", "no-derivative", DEEP, 3),
    ("dZ-leaky", "leaky-derivative", EVEN, 1),
    ("dZ-tanh-slope", "tanh-derivative", FRESH, 2),
    ("dZ-relu-slope", "relu-derivative", DEEP, 1),
    ("dZ-slope-of-A", "derivative-of-a", WIDE, 1),
    ("dZ-only-A", "derivative-a-only", WIDE, 2),
    ("dZ-one-minus-A", "derivative-one-minus-a", WIDE, 1),
    ("dZ-formula-of-Z", "derivative-from-z", DEEP, 4),
    ("dZ-mask-before", "mask-of-layer-before", EVEN, 2),
    ("dZ-times-Z", "times-z", FRESH, 3),
    ("dZ-relu-of-dA", "activated", DEEP, 2),
    ("dZ-relu-at-zero", "relu-at-zero", FRESH, None),
    ("dZ-negative", "sign", EVEN, 2),
    ("dZL-double", "dz-doubled", WIDE, None),
    ("dZL-prediction", "dz-predictions", DEEP, None),
    ("dZL-from-Z", "dz-from-z", EVEN, None),
    ("dZL-outputs", "dz-outputs", WIDE, None),
    ("dW-sum", "no-mean", DEEP, 2),
    ("dW-negative", "sign", WIDE, 1),
    ("dW-own-A", "own-activation", EVEN, 2),
    ("dW-from-Z", "z-for-a", DEEP, 4),
    ("dW-from-X", "inputs-again", EVEN, 3),
    ("dW-by-units", "by-units", WIDE, 2),
    ("dW-rate", "with-rate", FRESH, None),
    ("dW-total", "sum-of-gradient", DEEP, 3),
    ("db-negative", "sign", WIDE, 2),
    ("db-total-broadcast", "sum-over-all", DEEP, 2),
    ("db-dA", "da-for-dz", WIDE, 1),
    ("db-each", "not-summed", EVEN, 3),
    ("db-dW", "sum-of-dw", FRESH, 2),
    ("db-by-units", "by-units", DEEP, 4),
    ("db-zeros", "zeros", WIDE, None),
    ("db-keepdims", "keepdims", EVEN, 2),
    ("dA-mean", "mean-here", DEEP, 2),
    ("dA-negative", "sign", EVEN, 1),
    ("dA-no-W", "error-passed-on", FRESH, 3),
    ("dA-early", "updated-early", WIDE, 2),
    ("update-twice", "updated-twice", DEEP, None),
    ("update-mean-again", "update-mean-twice", EVEN, None),
    ("update-sign", "sign-step", WIDE, 1),
    ("update-times", "multiplied", EVEN, 2),
    ("b-kept", "biases-not-updated", DEEP, None),
]

RATE = 0.3


def main():
    numbers, programs = [], []

    def keep(name, values, about):
        arrays = {key: np.shape(value) for key, value in values.items()}
        programs.append({"name": name, **about, "arrays": arrays})
        numbers.extend(np.ravel(value) for value in values.values())

    rights = {}
    for i, (mistake, named, case, at) in enumerate(PLANTED + HELD_OUT):
        raw, labels = data(case["sizes"][0], case["m"], case["data"])
        about = {key: case[key] for key in ("sizes", "hidden", "iteration")} | {"seed": case.get("seed", 1)}
        given = (case["sizes"], case["hidden"], raw, labels, RATE, case["iteration"])
        of = "-".join(["right", *map(str, case["sizes"]), case["hidden"], str(case["iteration"]), str(case["data"])])
        if of not in rights:
            rights[of] = run(*given, seed=about["seed"])
            keep(of, rights[of], {**about, "mistake": None, "raw": raw.tolist(), "labels": labels.tolist()})
        right, wrong = rights[of], run(*given, mistake, at, about["seed"])
        # only what differs is kept
        differ = {k: v for k, v in wrong.items() if not np.array_equal(v, right[k])}
        assert differ, f"{mistake} changes nothing"
        part = "planted" if i < len(PLANTED) else "held out"
        keep(f"{part} {i}: {mistake}" + (f" in layer {at}" if at else ""), differ, {"of": of, "mistake": named})

    raw, labels = data(5, 7, 7)
    of = {"of": "right-5-4-3-1-relu-0-7", "whole": True}
    sizes = [5, 4, 3, 1]
    keep("rows", rows(sizes, raw, labels, RATE), {**of, "mistake": None})
    keep("1/m in dZ", rows(sizes, raw, labels, RATE, mean_first=True), {**of, "mistake": None})
    single = run(sizes, "relu", raw, labels, RATE, 0)
    keep("float32", {k: v.astype(np.float32) for k, v in single.items()}, {**of, "mistake": None})
    flat = rows(sizes, raw, labels, RATE, flat=True)
    keep("planted: labels of shape (m,)", flat, {**of, "mistake": "labels-broadcast"})
    about = json.dumps({"rate": RATE, "programs": programs}, separators=(",", ":"))
    np.savez_compressed("test/fixtures/trace.npz", about=np.array(about.encode()), numbers=np.concatenate(numbers))


if __name__ == "__main__":
    main()
