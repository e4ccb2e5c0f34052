# What scikit-learn's MLPClassifier and MLPRegressor reach without an option, behind a StandardScaler: the mean over five
# splits of its accuracy or R² on the quarter that is held out. Writes the tables, the splits and the scores for
# scripts/compare-sklearn.ts. Targets are raw there; with standardised ones, which is not its default, they are beside it. The group "chosen" is what the policy of src/auto.ts was chosen on, "reported" what
# docs/auto.md reports.
#
#   python3 scripts/compare-sklearn.py reported build/compare.json
#   python3 scripts/compare-sklearn.py golden test/golden/tables.json      # two small tables for test/auto.test.ts

import json
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn import datasets
from sklearn.compose import TransformedTargetRegressor
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")


def housing(count=2400):
    """Prices of houses by 8 columns of different size, and noise of a tenth of their deviation."""
    r = np.random.RandomState(11)
    income, age, rooms, beds = r.gamma(4, 1, count), r.uniform(1, 52, count), r.normal(5.4, 1.2, count), r.uniform(0.8, 1.3, count)
    people, household = r.gamma(3, 480, count), r.normal(3, 0.6, count)
    lat, lon = r.uniform(32.5, 42, count), r.uniform(-124, -114, count)
    coast = np.exp(-((lon + 124 - (42 - lat) * 0.8) ** 2) / 8)
    price = 45 * income / (1 + income / 12) + 60 * coast * np.sqrt(income) + 0.02 * (age - 25) ** 2
    price += 8 * rooms * beds - 12 * np.maximum(household - 3, 0) * income / 4 - 0.004 * people
    price = 1000 * (price + r.randn(count) * price.std() / 10)
    return np.stack([income, age, rooms, beds, people, household, lat, lon], 1), price


def spirals(seed):
    r = np.random.RandomState(seed)
    y = r.randint(0, 3, 450)
    t = r.uniform(0.2, 1, 450)
    angle = 2 * np.pi * y / 3 + 5 * t
    return np.stack([t * np.cos(angle), t * np.sin(angle)], 1) + 0.04 * r.randn(450, 2), y


def bundled(load):
    return lambda: load(return_X_y=True)


C, R = "classification", "regression"
GROUPS = {
    "reported": {
        "iris": (C, bundled(datasets.load_iris)),
        "wine": (C, bundled(datasets.load_wine)),
        "breast cancer": (C, bundled(datasets.load_breast_cancer)),
        "digits": (C, bundled(datasets.load_digits)),
        "diabetes": (R, bundled(datasets.load_diabetes)),
        "housing": (R, housing),
    },
    "chosen": {
        "moons": (C, lambda: datasets.make_moons(300, noise=0.25, random_state=1)),
        "spirals": (C, lambda: spirals(2)),
        "two of twenty": (C, lambda: datasets.make_classification(400, 20, n_informative=2, n_redundant=0, flip_y=0.1, random_state=3)),
        "five classes": (C, lambda: datasets.make_classification(1500, 12, n_informative=8, n_classes=5, class_sep=0.8, random_state=4)),
        "rare class": (C, lambda: datasets.make_classification(1000, 10, n_informative=5, weights=[0.95], flip_y=0.02, random_state=5)),
        "friedman1": (R, lambda: datasets.make_friedman1(400, noise=1, random_state=6)),
        "friedman2": (R, lambda: datasets.make_friedman2(1500, noise=60, random_state=7)),
        "linear": (R, lambda: datasets.make_regression(200, 15, n_informative=6, noise=40, random_state=8)),
    },
}

GROUPS["golden"] = {name: GROUPS["reported"][name] for name in ("iris", "wine")}

group, path = sys.argv[1:]
result = {"sklearn": sklearn.__version__, "tables": {}}
for name, (task, load) in GROUPS[group].items():
    x, y = load()
    split = (StratifiedShuffleSplit if task == C else ShuffleSplit)(5, test_size=0.25, random_state=1)
    splits, begun = [], time.time()
    scores = {"default": [], "standardised targets": []} if task == R else {"default": []}
    for seed, (train, test) in enumerate(split.split(x, y)):
        model = MLPClassifier(random_state=seed) if task == C else MLPRegressor(random_state=seed)
        for how, values in scores.items():
            one = model if how == "default" else TransformedTargetRegressor(model, transformer=StandardScaler())
            values.append(make_pipeline(StandardScaler(), one).fit(x[train], y[train]).score(x[test], y[test]))
        splits.append({"train": train.tolist(), "test": test.tolist()})
    print(name, x.shape, task, {how: np.mean(values).round(4) for how, values in scores.items()}, round(time.time() - begun, 1), "s", flush=True)
    result["tables"][name] = {"task": task, "x": x.tolist(), "y": y.tolist(), "splits": splits, "scores": scores}
json.dump(result, open(path, "w"), separators=(",", ":"))
