# wasmlp train FILE --target y without another option beside a scikit-learn Pipeline of the same steps (median and
# indicator, StandardScaler, OneHotEncoder, MLPClassifier or MLPRegressor): tables with names, holes and categories as CSV,
# the mean over five splits of the area under the ROC curve, or R², on the quarter that is held out.
#
#   npm run build && python3 scripts/compare-tables.py build/tables

import csv
import json
import os
import subprocess
import sys
import warnings

import numpy as np
from sklearn import datasets
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")


def titanic(count=900):
    """Who survived, by class, sex, age with holes, fare, port with holes, and companions."""
    r = np.random.RandomState(7)
    cabin = r.choice([1, 2, 3], count, p=[0.25, 0.2, 0.55])
    sex = r.choice(["male", "female"], count, p=[0.65, 0.35])
    age = np.round(np.clip(r.normal(30, 14, count), 0.5, 80), 1).astype(object)
    fare = np.round(np.exp(r.normal(4.6 - 0.8 * cabin, 0.5)), 2)
    siblings, parents = r.poisson(0.5, count), r.poisson(0.4, count)
    port = r.choice(["S", "C", "Q"], count, p=[0.72, 0.19, 0.09]).astype(object)
    z = 2.4 * (sex == "female") - 0.9 * (cabin - 2) - 0.03 * (age.astype(float) - 30) - 0.3 * siblings + 0.4 * (port == "C")
    z += 1.2 * (age.astype(float) < 12) + 0.2 * np.log(fare) - 1.6
    y = (r.rand(count) < 1 / (1 + np.exp(-z))).astype(int)
    age[r.rand(count) < 0.2] = ""
    port[r.rand(count) < 0.02] = ""
    names = ["pclass", "sex", "age", "sibsp", "parch", "fare", "embarked"]
    cells = [np.array(["first", "second", "third"])[cabin - 1], sex, age, siblings, parents, fare, port]
    return names, list(zip(*cells)), y.tolist(), ["pclass", "sex", "embarked"]


def housing(count=2400):
    """Prices of houses by 8 columns of different size, rooms with holes, and how far the sea is in words."""
    r = np.random.RandomState(13)
    income, age, rooms, beds = r.gamma(4, 1, count), r.uniform(1, 52, count), r.normal(5.4, 1.2, count), r.uniform(0.8, 1.3, count)
    people, household = r.gamma(3, 480, count), r.normal(3, 0.6, count)
    sea = r.choice(["near", "an hour", "inland", "island"], count, p=[0.3, 0.4, 0.28, 0.02])
    worth = {"near": 80, "an hour": 30, "inland": 0, "island": 140}
    price = 45 * income / (1 + income / 12) + np.array([worth[s] for s in sea]) * np.sqrt(income) / 2
    price += 8 * rooms * beds + 0.02 * (age - 25) ** 2 - 0.004 * people - 12 * np.maximum(household - 3, 0)
    price = np.round(1000 * (price + r.randn(count) * price.std() / 8))
    number = lambda v: np.round(v, 4).astype(object)
    rooms = number(rooms)
    rooms[r.rand(count) < 0.1] = ""
    names = ["income", "age", "rooms", "beds", "people", "household", "sea"]
    return names, list(zip(number(income), number(age), rooms, number(beds), number(people), number(household), sea)), price.tolist(), ["sea"]


def bundled(load):
    data = load()
    names = [str(name) for name in data.feature_names]
    return names, data.data.tolist(), [str(data.target_names[label]) for label in data.target], []


TABLES = {
    "titanic-like": titanic(),
    "wine": bundled(datasets.load_wine),
    "breast cancer": bundled(datasets.load_breast_cancer),
    "housing": housing(),
}


def pipeline(names, categories, regression):
    numbers = [i for i, name in enumerate(names) if name not in categories]
    words = [i for i, name in enumerate(names) if name in categories]
    encode = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), numbers),
            ("words", OneHotEncoder(handle_unknown="ignore"), words),
        ],
        sparse_threshold=0,
    )
    network = MLPRegressor(random_state=0) if regression else MLPClassifier(random_state=0)
    return make_pipeline(encode, TransformedTargetRegressor(network, transformer=StandardScaler()) if regression else network)


def wasmlp(folder, *args):
    cli = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build/dist/cli.js")
    return subprocess.run(["node", cli, *args], cwd=folder, check=True, capture_output=True, text=True).stdout


def write(path, names, rows, y):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*names, "y"])
        writer.writerows([*row, label] for row, label in zip(rows, y))


folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
print("| table | rows | score | scikit-learn | wasmlp |\n|---|---|---|---|---|")
for title, (names, rows, y, categories) in TABLES.items():
    regression = title == "housing"
    splitter = (ShuffleSplit if regression else StratifiedShuffleSplit)(5, test_size=0.25, random_state=0)
    theirs, ours = [], []
    as_matrix = np.array([[(np.nan if cell == "" else cell) if name not in categories else cell for name, cell in zip(names, row)] for row in rows], dtype=object)
    labels = np.array(y)
    for train, test in splitter.split(as_matrix, labels):
        model = pipeline(names, categories, regression).fit(as_matrix[train], labels[train])
        if regression:
            theirs.append(r2_score(labels[test], model.predict(as_matrix[test])))
        else:
            p = model.predict_proba(as_matrix[test])
            theirs.append(roc_auc_score(labels[test], p[:, 1] if p.shape[1] == 2 else p, multi_class="ovr"))
        for part, which in (("train", train), ("test", test)):
            write(f"{folder}/{part}.csv", names, [rows[i] for i in which], [y[i] for i in which])
        wasmlp(folder, "train", "train.csv", "--target", "y", "--save", "model.safetensors", "--force", "--quiet")
        metrics = json.loads(wasmlp(folder, "evaluate", "model.safetensors", "test.csv", "--json"))["metrics"]
        ours.append(metrics["r2" if regression else "rocAuc"])
    print(f"| {title} | {len(rows)} | {'R²' if regression else 'AUC'} | {np.mean(theirs):.4f} | {np.mean(ours):.4f} |", flush=True)
