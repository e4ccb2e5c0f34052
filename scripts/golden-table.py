# Golden numbers for tables: a table drawn from a seed, encoded column by column by scikit-learn 1.2's SimpleImputer,
# MissingIndicator, StandardScaler and OneHotEncoder, and rows that they were not fitted on, with a category that they
# have not seen.
#
#   python3 scripts/golden-table.py test/golden/table.json

import json
import sys

import numpy as np
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

random = np.random.RandomState(1)
COUNT, OTHERS = 150, 40


def holes(values, share):
    values = values.astype(object)
    values[random.rand(len(values)) < share] = None
    return values


def table(count, ports):
    return {
        "age": holes(np.round(random.normal(30, 14, count), 1), 0.2),
        "fare": np.round(np.exp(random.normal(3, 1, count)), 2).astype(object),
        "siblings": random.poisson(1, count).astype(object),
        "port": holes(random.choice(ports, count), 0.05),
        "class": random.choice(["first", "second", "third"], count, p=[0.2, 0.3, 0.5]).astype(object),
        "alone": (random.rand(count) < 0.6).astype(object),
        "deck": random.choice(list("ABCDEFG"), count, p=[0.3, 0.25, 0.2, 0.1, 0.08, 0.05, 0.02]).astype(object),
    }


train = table(COUNT, ["S", "C", "Q"])
other = table(OTHERS, ["S", "C", "Q", "X"])
names = list(train)


def numbers(values):
    return np.array([[np.nan if v is None else float(v)] for v in values])


def matrix(fit, of, *steps):
    rows, more = fit, of
    for step in steps:
        rows, more = step.fit_transform(rows), step.transform(more)
    return [np.asarray(m.todense() if hasattr(m, "todense") else m, float) for m in (rows, more)]


def category(name, **options):
    encoder = OneHotEncoder(handle_unknown="ignore" if not options else "infrequent_if_exist", **options)
    return matrix(*[np.array([[v] for v in t[name]], dtype=object) for t in (train, other)], encoder)


def number(name, log=False):
    steps = [SimpleImputer(strategy="median")]
    if log:
        steps.append(FunctionTransformer(np.log1p))
    pair = [numbers(t[name]) for t in (train, other)]
    parts = [matrix(*pair, *steps, StandardScaler())]
    if np.isnan(pair[0]).any():
        parts.append(matrix(*pair, MissingIndicator(features="all")))
    return [np.hstack(both) for both in zip(*parts)]


blocks = [
    number("age"),
    number("fare", log=True),
    number("siblings"),
    category("port"),
    category("class"),
    [np.array([[float(v)] for v in t["alone"]]) for t in (train, other)],
    category("deck", max_categories=5),
]
plain = lambda t: {name: [v.item() if hasattr(v, "item") else v for v in values] for name, values in t.items()}
golden = {
    "train": plain(train),
    "other": plain(other),
    "options": {"log1p": ["fare"], "mostCategories": 4},
    "encoded": [np.hstack(parts).tolist() for parts in zip(*blocks)],
}
with open(sys.argv[1], "w") as file:
    json.dump(golden, file)
