# Golden numbers for permutation importance and partial dependence, made with scikit-learn 1.2: small networks whose
# weights are drawn from a seed.
#
#   python3 scripts/golden-explain.py test/golden/explain.json

import json
import sys

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.inspection import partial_dependence, permutation_importance


class Network(BaseEstimator):
    def __init__(self, weights=None):
        self.weights = weights

    def fit(self, x, y):
        self.fitted_ = True
        return self

    def outputs(self, x):
        (w1, b1), (w2, b2) = self.weights
        return np.tanh(x @ w1.T + b1) @ w2.T + b2


class Classifier(ClassifierMixin, Network):
    def fit(self, x, y):
        self.classes_ = np.unique(y)
        return super().fit(x, y)

    def predict_proba(self, x):
        z = self.outputs(x)
        if z.shape[1] == 1:
            p = 1 / (1 + np.exp(-z))
            return np.hstack([1 - p, p])
        e = np.exp(z - z.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)

    def predict(self, x):
        return self.predict_proba(x).argmax(1)


class Regressor(RegressorMixin, Network):
    def predict(self, x):
        return self.outputs(x)[:, 0]


def case(name, seed, count, features, hidden, outputs, scoring, metric):
    random = np.random.RandomState(seed)
    draw = lambda *shape: random.randn(*shape).round(3)
    weights = [(draw(hidden, features), draw(hidden)), (2 * draw(outputs, hidden), draw(outputs))]
    x = draw(count, features)
    x[:, 1] = np.round(x[:, 1])  # few values
    x[:, 2] = 0.5  # one
    numbers = metric == "r2" or metric == "mse"
    network = (Regressor if numbers else Classifier)(weights)
    noise = 0.8 * draw(count, outputs)
    z = network.outputs(x) + noise
    y = z[:, 0] if numbers else (z[:, 0] > z[:, 0].mean()).astype(int) if outputs == 1 else (z - z.mean(0)).argmax(1)
    network.fit(x, y)
    found = permutation_importance(network, x, y, scoring=scoring, n_repeats=4, random_state=seed)
    score = {"accuracy": network.score, "r2": network.score}.get(metric, lambda *_: None)(x, y)
    grids = {}
    for feature, grid in [(0, 7), (1, 20), (3, 20)]:
        if numbers:
            dependence = partial_dependence(network, x, [feature], kind="average", grid_resolution=grid)
        else:
            dependence = partial_dependence(
                network, x, [feature], kind="average", grid_resolution=grid, response_method="predict_proba"
            )
        average = dependence["average"].T
        grids[feature] = {"grid": grid, "values": dependence["values"][0].tolist(), "outputs": average.tolist()}
    return {
        "name": name,
        "seed": seed,
        "metric": metric,
        "score": score,
        "weights": [{"weight": w.flatten().tolist(), "bias": b.tolist()} for w, b in weights],
        "widths": [features, hidden, outputs],
        "x": x.tolist(),
        "y": y.tolist(),
        "losses": found.importances.tolist(),
        "mean": found.importances_mean.tolist(),
        "deviation": found.importances_std.tolist(),
        "dependence": grids,
    }


cases = [
    case("two classes, accuracy", 3, 61, 5, 6, 1, "accuracy", "accuracy"),
    case("three classes, log loss", 4, 47, 4, 5, 3, "neg_log_loss", "logLoss"),
    case("numbers, r2", 5, 50, 6, 4, 1, "r2", "r2"),
    case("numbers, squared error", 4294967295, 33, 4, 4, 1, "neg_mean_squared_error", "mse"),
]
with open(sys.argv[1], "w") as file:
    json.dump({"cases": cases}, file)
