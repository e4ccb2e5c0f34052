"""NumPy, scikit-learn and PyTorch, driven line by line: {"create": …}, {"step": n}, {"end"} in; one JSON line out."""

import json
import sys
import time

import numpy as np


class Student:
    """The course's L-layer network as a student writes it, in float64: dictionaries, loops over layers."""

    def __init__(self, work, x, y, weights):
        self.x, self.y, self.rate = (x.astype("f8") * work["scale"]).T, y.reshape(1, -1).astype("f8"), work["rate"]
        self.p = {}
        for l, (w, b) in enumerate(weights, 1):
            self.p[f"W{l}"], self.p[f"b{l}"] = w.astype("f8"), b.reshape(-1, 1).astype("f8")
        self.L = len(weights)

    def step(self):
        p, L, m = self.p, self.L, self.x.shape[1]
        caches, a = [], self.x
        for l in range(1, L + 1):
            z = np.dot(p[f"W{l}"], a) + p[f"b{l}"]
            caches.append((a, z))
            a = np.maximum(0, z) if l < L else 1 / (1 + np.exp(-z))
        cost = float(np.squeeze(-np.sum(self.y * np.log(a) + (1 - self.y) * np.log(1 - a)) / m))
        da = -(np.divide(self.y, a) - np.divide(1 - self.y, 1 - a))
        grads = {}
        for l in reversed(range(1, L + 1)):
            before, z = caches[l - 1]
            if l == L:
                s = 1 / (1 + np.exp(-z))
                dz = da * s * (1 - s)
            else:
                dz = np.array(da, copy=True)
                dz[z <= 0] = 0
            grads[f"dW{l}"] = np.dot(dz, before.T) / m
            grads[f"db{l}"] = np.sum(dz, axis=1, keepdims=True) / m
            da = np.dot(p[f"W{l}"].T, dz)
        for l in range(1, L + 1):
            p[f"W{l}"] = p[f"W{l}"] - self.rate * grads[f"dW{l}"]
            p[f"b{l}"] = p[f"b{l}"] - self.rate * grads[f"db{l}"]
        return cost


class Torch:
    def __init__(self, work, x, y, weights, threads):
        import torch

        # once: to set it anew in each step makes OpenMP build its teams anew
        torch.set_num_threads(threads)
        layers = []
        for l, (w, b) in enumerate(weights):
            linear = torch.nn.Linear(w.shape[1], w.shape[0])
            linear.weight.data, linear.bias.data = torch.from_numpy(w.copy()), torch.from_numpy(b.copy())
            layers += [linear, torch.nn.ReLU()]
        self.net = torch.nn.Sequential(*layers[:-1])
        self.x = torch.from_numpy(x.astype("f4") * np.float32(work["scale"]))
        binary = work["layers"][-1] == 1
        self.y = torch.from_numpy(y.astype("f4").reshape(-1, 1) if binary else y.astype("i8"))
        self.loss = torch.nn.BCEWithLogitsLoss() if binary else torch.nn.CrossEntropyLoss()
        kind = torch.optim.Adam if work["optimizer"] == "adam" else torch.optim.SGD
        self.optimizer = kind(self.net.parameters(), lr=work["rate"])
        self.batch, self.at = work["batch"], 0

    def step(self):
        x, y = self.x[self.at : self.at + self.batch], self.y[self.at : self.at + self.batch]
        self.at = (self.at + self.batch) % len(self.x)
        self.optimizer.zero_grad()
        cost = self.loss(self.net(x), y)
        cost.backward()
        self.optimizer.step()
        return cost.item()


class Sklearn:
    def __init__(self, work, x, y, weights):
        from sklearn.neural_network import MLPClassifier

        adam = work["optimizer"] == "adam"
        self.net = MLPClassifier(
            hidden_layer_sizes=work["layers"][1:-1], solver="adam" if adam else "sgd", alpha=0, momentum=0,
            batch_size=work["batch"], learning_rate_init=work["rate"], nesterovs_momentum=False, shuffle=False,
        )
        self.x, self.y = x.astype("f4") * np.float32(work["scale"]), y
        self.batch, self.at, self.classes = work["batch"], 0, np.arange(max(2, work["classes"]))
        self.step()  # it draws its own weights at the first one
        for l, (w, b) in enumerate(weights):
            self.net.coefs_[l][:], self.net.intercepts_[l][:] = w.T, b
        self.net._optimizer.__init__(self.net.coefs_ + self.net.intercepts_, work["rate"], **(
            dict(beta_1=0.9, beta_2=0.999, epsilon=1e-8) if adam else dict(momentum=0, nesterov=False)))
        self.at = 0

    def step(self):
        x, y = self.x[self.at : self.at + self.batch], self.y[self.at : self.at + self.batch]
        self.at = (self.at + self.batch) % len(self.x)
        self.net.partial_fit(x, y, self.classes)
        return float(self.net.loss_)


class Product:
    def __init__(self, work, threads):
        n = work["n"]
        self.a = np.fromfile(work["files"]["a"], "f4").reshape(n, n)
        self.b = np.fromfile(work["files"]["b"], "f4").reshape(n, n)

    def step(self):
        return float((self.a @ self.b)[0, 0])


class Answers:
    """A network of relu layers and a softmax that only answers."""

    def __init__(self, name, work, weights, threads):
        x = np.fromfile(work["files"]["rows"], "f4").reshape(work["count"], -1)
        if name == "NumPy":
            self.answer = lambda: forward(x, weights)
            return
        import torch

        torch.set_num_threads(threads)
        layers = []
        for w, b in weights:
            linear = torch.nn.Linear(w.shape[1], w.shape[0])
            linear.weight.data, linear.bias.data = torch.from_numpy(w.copy()), torch.from_numpy(b.copy())
            layers += [linear, torch.nn.ReLU()]
        net = torch.nn.Sequential(*layers[:-1], torch.nn.Softmax(1))

        def run():
            with torch.inference_mode():
                return net(torch.from_numpy(x)).numpy()

        self.answer = run

    def step(self):
        return float(self.answer()[0, 0])


def forward(a, weights):
    for l, (w, b) in enumerate(weights):
        a = a @ w.T + b
        if l < len(weights) - 1:
            a = np.maximum(a, 0)
    e = np.exp(a - a.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def create(name, work):
    if work["kind"] == "product":
        if name != "NumPy":
            raise ValueError("a product is NumPy's row")
        return Product(work, 1)
    sizes = work["layers"]
    flat = np.fromfile(work["files"]["weights"], "f4")
    weights, at = [], 0
    for k, n in zip(sizes[:-1], sizes[1:]):
        w, b = flat[at : at + n * k].reshape(n, k), flat[at + n * k : at + n * k + n]
        weights.append((w, b))
        at += n * k + n
    threads = 2 if name.endswith("2 threads") else 1
    if work["kind"] == "inference":
        if name == "scikit-learn":
            raise ValueError("answers are NumPy's row")
        return Answers(name, work, weights, threads)
    x = np.fromfile(work["files"]["x"], "u1").reshape(work["count"], sizes[0])
    y = np.fromfile(work["files"]["y"], "i4")
    if name == "NumPy":
        if work["optimizer"] != "sgd" or sizes[-1] != 1:
            raise ValueError("the student's program is the course's network only")
        return Student(work, x, y, weights)
    if name == "scikit-learn":
        return Sklearn(work, x, y, weights)
    return Torch(work, x, y, weights, threads)


machine = None
for line in sys.stdin:
    order = json.loads(line)
    try:
        if "create" in order:
            machine = create(order["create"], order["work"])
            answer = {"ready": True}
        else:
            costs, start = [], time.perf_counter()
            for _ in range(order["step"]):
                costs.append(machine.step())
            answer = {"seconds": time.perf_counter() - start, "costs": costs}
    except Exception as error:  # told to the benchmark, which names the peer as missing
        answer = {"failed": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
