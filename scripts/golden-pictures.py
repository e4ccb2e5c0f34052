# Reference numbers for the embedded pictures, by NumPy alone: the course's network trained on pictures-train.h5 in
# plain float64, every product computed directly. Run by hand, after a change to the pictures only:
# python3 scripts/golden-pictures.py build/dist test/golden/pictures.json
import hashlib
import json
import sys

import h5py
import numpy as np

LAYERS = [12288, 20, 7, 5, 1]
RATE = 0.0075
ITERATIONS = 2500
EVERY = 100


def load(folder, name):
    with h5py.File(f"{folder}/pictures-{name}.h5") as file:
        return file[f"{name}_set_x"][:], file[f"{name}_set_y"][:]


def draw(layers, seed, deviation=None):
    """Weights (outputs, inputs) of deviation 1/sqrt(inputs) or the given one, layer by layer; biases 0."""
    np.random.seed(seed)
    weights = [np.random.randn(n, k) * (deviation or 1 / np.sqrt(k)) for k, n in zip(layers, layers[1:])]
    return weights, [np.zeros((n, 1)) for n in layers[1:]]


def forward(weights, biases, x):
    """Activations of all layers, the inputs (features, examples) first: ReLU, in the last layer sigmoid."""
    a = [x]
    for w, b in zip(weights[:-1], biases[:-1]):
        a.append(np.maximum(w @ a[-1] + b, 0))
    return a + [1 / (1 + np.exp(-(weights[-1] @ a[-1] + biases[-1])))]


def train(x, y, layers, seed, deviation=None):
    """Full-batch gradient descent; returns the costs before every 100th update and the trained network."""
    weights, biases = draw(layers, seed, deviation)
    costs = []
    for iteration in range(ITERATIONS):
        a = forward(weights, biases, x)
        if iteration % EVERY == 0:
            costs.append(float(-np.mean(y * np.log(a[-1]) + (1 - y) * np.log(1 - a[-1]))))
        dz = (a[-1] - y) / y.size
        for layer in reversed(range(len(weights))):
            dw, db = dz @ a[layer].T, dz.sum(axis=1, keepdims=True)
            if layer > 0:
                dz = (weights[layer].T @ dz) * (a[layer] > 0)
            weights[layer] -= RATE * dw
            biases[layer] -= RATE * db
    return costs, (weights, biases)


def predict(network, x):
    return (forward(*network, x)[-1][0] > 0.5).astype(int)


def main(folder, path):
    raw = {name: load(folder, name) for name in ("train", "test")}
    x, y = {}, {}
    for name, (pictures, labels) in raw.items():
        x[name] = pictures.reshape(len(pictures), -1).T / 255.0
        y[name] = labels.astype(np.float64)

    def run(layers, seed, deviation=None):
        costs, network = train(x["train"], y["train"], layers, seed, deviation)
        guesses = {name: predict(network, x[name]) for name in x}
        accuracy = {name: float(np.mean(guesses[name] == y[name])) for name in x}
        print(layers, seed, deviation, accuracy, costs[-1], flush=True)
        return costs, accuracy, guesses["test"]

    costs, accuracy, guesses = run(LAYERS, 1)
    golden = {
        "note": f"Made by scripts/golden-pictures.py with NumPy {np.__version__}, float64, full-batch gradient descent,"
        " every product direct; ReLU derivative at 0 is 0; W is (outputs, inputs), drawn layer by layer with"
        " numpy.random.seed(seed); numpy.random.randn; inputs are pixels / 255; a cost is that before the update."
        " The pictures' own seed is one of the first eight, chosen after all eight had been tried.",
        "layers": LAYERS,
        "learningRate": RATE,
        "iterations": ITERATIONS,
        "seed": 1,
        "init": "standard normal / sqrt(inputs of the layer)",
        "costEvery": EVERY,
        "costs": costs,
        "trainAccuracy": accuracy["train"],
        "testAccuracy": accuracy["test"],
        "testPredictions": guesses.tolist(),
        "otherSeeds": [{"seed": seed, "testAccuracy": run(LAYERS, seed)[1]["test"]} for seed in (2, 3)],
    }
    costs, accuracy, _ = run([LAYERS[0], 1], 1)
    golden["noHiddenLayer"] = {"trainAccuracy": accuracy["train"], "testAccuracy": accuracy["test"], "lastCost": costs[-1]}
    costs, accuracy, _ = run(LAYERS, 1, 0.01)
    golden["stuck"] = {"init": "standard normal * 0.01", "costs": costs, "testAccuracy": accuracy["test"]}
    golden["sha256"] = {
        f"{name}.{part}": hashlib.sha256(array.astype(np.uint8).tobytes()).hexdigest()
        for name, pair in raw.items()
        for part, array in zip("xy", pair)
    }
    with open(path, "w") as file:
        json.dump(golden, file, indent=1)
        file.write("\n")


main(sys.argv[1], sys.argv[2])
