# Golden numbers for metrics, made with scikit-learn 1.2: answers drawn from a seed, with ties, rare and missing classes.
#
#   python3 scripts/golden-metrics.py test/golden/metrics.json

import json
import sys

import numpy as np
from sklearn import metrics as m


def classes(name, seed, count, classes, shares=None, digits=None):
    random = np.random.RandomState(seed)
    y = random.choice(classes, count, p=shares)
    logits = random.randn(count, classes) + 1.5 * np.eye(classes)[y]
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    if digits:  # ties
        p = np.round(p, digits)
        p /= p.sum(1, keepdims=True)
    given = p.argmax(1) if classes > 2 else (p[:, 1] > 0.5).astype(int)
    labels = list(range(classes))
    score = p[:, 1] if classes == 2 else p
    values = {
        "accuracy": m.accuracy_score(y, given),
        "balancedAccuracy": m.balanced_accuracy_score(y, given),
        "logLoss": m.log_loss(y, p, labels=labels),
        "hammingLoss": m.hamming_loss(y, given),
        "kappa": m.cohen_kappa_score(y, given),
        "matthews": m.matthews_corrcoef(y, given),
        "brier": m.brier_score_loss(y, p[:, 1]) if classes == 2 else float(((p - np.eye(classes)[y]) ** 2).sum(1).mean()),
    }
    if classes > 5:
        values["top3Accuracy"] = m.top_k_accuracy_score(y, p, k=3, labels=labels)
        values["top5Accuracy"] = m.top_k_accuracy_score(y, p, k=5, labels=labels)
    for score_name, function in dict(precision=m.precision_score, recall=m.recall_score, f1=m.f1_score).items():
        for average in ["macro", "micro", "weighted"]:
            value = function(y, given, average=average, zero_division=0)
            values[score_name + average.capitalize()] = value
        values[score_name] = function(y, given, zero_division=0) if classes == 2 else values[score_name + "Macro"]
    if len(set(y)) == classes:
        if classes == 2:
            values["rocAuc"] = m.roc_auc_score(y, score)
            values["prAuc"] = m.average_precision_score(y, score)
        else:
            values["rocAuc"] = m.roc_auc_score(y, score, multi_class="ovr", average="macro")
            values["prAuc"] = m.average_precision_score(np.eye(classes)[y], score, average="macro")
    each = m.precision_recall_fscore_support(y, given, labels=labels, zero_division=0)
    return dict(name=name, classes=classes, outputs=score.ravel().tolist(), labels=y.tolist(), predicted=given.tolist(),
                values={k: float(v) for k, v in values.items()},
                perClass=[dict(precision=float(a), recall=float(b), f1=float(c), support=int(d)) for a, b, c, d in zip(*each)])


def numbers(name, seed, count, outputs, constant=False):
    random = np.random.RandomState(seed)
    y = random.randn(count, outputs) * 3 + 1
    if constant:
        y[:, 0] = 2.5
    given = y + random.randn(count, outputs)
    values = {
        "r2": m.r2_score(y, given), "mae": m.mean_absolute_error(y, given), "mse": m.mean_squared_error(y, given),
        "rmse": m.mean_squared_error(y, given, squared=False),
        "mape": m.mean_absolute_percentage_error(y, given), "explainedVariance": m.explained_variance_score(y, given),
    }
    return dict(name=name, classes=0, width=outputs, outputs=given.ravel().tolist(), targets=y.ravel().tolist(),
                values={k: float(v) for k, v in values.items()})


def several(name, seed, count, labels, shares):
    random = np.random.RandomState(seed)
    y = (random.rand(count, labels) < shares).astype(int)
    p = np.round(1 / (1 + np.exp(-(random.randn(count, labels) + 2 * y - 1))), 3)
    given = (p > 0.5).astype(int)
    values = {"accuracy": m.accuracy_score(y, given), "hammingLoss": m.hamming_loss(y, given)}
    for score_name, function in dict(precision=m.precision_score, recall=m.recall_score, f1=m.f1_score).items():
        for average in ["macro", "micro", "weighted"]:
            values[score_name + average.capitalize()] = function(y, given, average=average, zero_division=0)
        values[score_name] = values[score_name + "Macro"]
    if y.any(0).all():
        values["rocAuc"] = m.roc_auc_score(y, p, average="macro")
        values["prAuc"] = m.average_precision_score(y, p, average="macro")
    return dict(name=name, classes=0, several=True, width=labels, outputs=p.ravel().tolist(), targets=y.ravel().tolist(),
                values={k: float(v) for k, v in values.items()})


cases = [
    classes("two classes", 1, 60, 2), classes("two classes, ties", 2, 80, 2, digits=1),
    classes("two classes, one rare", 3, 120, 2, shares=[0.97, 0.03]), classes("three classes", 4, 60, 3),
    classes("ten classes, ties", 5, 150, 10, digits=2),
    classes("six classes, one of them missing", 6, 40, 6, shares=[0.3, 0.3, 0.2, 0.1, 0.1, 0]),
    numbers("one number", 7, 40, 1), numbers("three numbers", 8, 30, 3), numbers("a number that is always the same", 9, 20, 2, True),
    several("three labels", 10, 50, 3, [0.5, 0.3, 0.2]), several("five labels, one of them nowhere", 11, 40, 5, [0.9, 0.5, 0.1, 0.3, 0]),
]
with open(sys.argv[1], "w") as file:
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    file.write(f'{{"note":"scikit-learn 1.2, by scripts/golden-metrics.py","cases":[\n{lines}\n]}}\n')
