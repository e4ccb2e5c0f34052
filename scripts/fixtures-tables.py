# Makes test/fixtures/tables/*.h5 and test/golden/hdf5-tables.json: tables as h5py, PyTables and pandas write them into
# HDF5 files, and some that must be refused. Run by hand with a Python that has numpy 1.24, h5py 3.7, tables 3.7 and
# pandas 1.5: python3 scripts/fixtures-tables.py. The files are committed. What the cells are is said here.

import json
import warnings
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import tables

warnings.simplefilter("ignore")
ROOT = Path(__file__).resolve().parent.parent / "test"
FOLDER = ROOT / "fixtures" / "tables"
FOLDER.mkdir(exist_ok=True)
for old in FOLDER.glob("*.h5"):
    old.unlink()
COUNT = 7
rows = range(COUNT)
NAMES = ["ant", "bée", "", "a b", "cow", "ant", "日本"]
golden = {}

# Records of h5py: numbers of every width in both orders of bytes, text, yes or no, an enumeration, an array in each.
COLOUR = h5py.enum_dtype({"red": 0, "green": 1, "blue": 7}, basetype="i1")
kinds = [f"{order}{kind}" for order in "<>" for kind in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8")]
fields = [(kind, kind) for kind in kinds] + [("beyond", "<i8"), ("fixed", "S10"), ("text", h5py.string_dtype())]
fields += [("bool", "?"), ("colour", COLOUR), ("pair", "<f4", (2,)), ("grid", ">i2", (2, 2))]
records = np.zeros(COUNT, dtype=fields)
told = {}
for kind in kinds:
    cells = [i + (0 if kind[1] == "u" else -3) + (0.5 if kind[1] == "f" else 0) for i in rows]
    records[kind] = told[kind] = cells
records["beyond"] = [2**60 + i for i in rows]
told["beyond"] = [str(2**60 + i) for i in rows]
records["fixed"] = [name.encode() for name in NAMES]
records["text"] = NAMES
told["fixed"] = told["text"] = [name or None for name in NAMES]
records["bool"] = told["bool"] = [i % 3 == 0 for i in rows]
records["colour"] = [[0, 1, 7][i % 3] for i in rows]
told["colour"] = [["red", "green", "blue"][i % 3] for i in rows]
records["pair"] = [[i, -i] for i in rows]
records["grid"] = [[[i, 1], [2, 3]] for i in rows]
told |= {"pair.0": [*rows], "pair.1": [-i for i in rows], "grid.0": [*rows]}
told |= {f"grid.{c}": [c] * COUNT for c in (1, 2, 3)}
golden["records"] = told
with h5py.File(FOLDER / "records.h5", "w") as file:
    file.create_dataset("deep/people", data=records)
some = records[["<i4", "text", "bool"]]
golden["packed"] = {name: told[name] for name in some.dtype.names}
with h5py.File(FOLDER / "packed.h5", "w") as file:
    file.create_dataset("t", data=np.array(some.tolist(), dtype=[("<i4", "<i4"), ("text", h5py.string_dtype()), ("bool", "?")]), chunks=(3,), compression="gzip", shuffle=True)
with h5py.File(FOLDER / "two.h5", "w") as file:
    file["first"] = np.array([(1, 2.5), (2, 3.5)], dtype=[("a", "i4"), ("y", "f8")])
    file["second"] = np.array([(1, 2.5), (2, 3.5)], dtype=[("b", "i4"), ("z", "f8")])
with h5py.File(FOLDER / "huge.h5", "w") as file:
    file.create_dataset("t", shape=(2**31,), dtype=[("a", "i4"), ("y", "f8")], chunks=(1000,))
with h5py.File(FOLDER / "nested.h5", "w") as file:
    file["t"] = np.zeros(2, dtype=[("a", "i4"), ("inner", [("b", "i4")])])
with h5py.File(FOLDER / "complex.h5", "w") as file:
    file["t"] = np.zeros(2, dtype=[("a", "i4"), ("wave", "c16")])

# A dataset for each column, as Ludwig has them, beside one of another length.
with h5py.File(FOLDER / "columns.h5", "w") as file:
    file["age"] = told["<i8"]
    file["name"] = np.array([name.encode() for name in NAMES])
    file["vector"] = np.arange(2 * COUNT, dtype="f4").reshape(COUNT, 2)
    file["alive"] = np.array(told["bool"])
    file["vocabulary"] = np.array([b"a", b"b"])
golden["columns"] = {"age": told["<i8"], "alive": told["bool"], "name": told["text"]}
golden["columns"] |= {"vector.0": [2 * i for i in rows], "vector.1": [2 * i + 1 for i in rows]}


class Animal(tables.IsDescription):
    name = tables.StringCol(8, pos=0)
    legs = tables.Int32Col(pos=1)
    wild = tables.BoolCol(pos=2)
    weight = tables.Float64Col(pos=3)
    kind = tables.EnumCol(tables.Enum({"fish": 0, "bird": 1}), "fish", base="uint8", pos=4)


with tables.open_file(FOLDER / "pytables.h5", "w", filters=tables.Filters(complevel=5, complib="zlib")) as file:
    table = file.create_table("/", "animals", Animal)
    for i in rows:
        table.append([(NAMES[i].encode(), 2 * i, i % 3 == 0, i / 2, i % 2)])
golden["pytables"] = {"name": told["fixed"], "legs": [2 * i for i in rows], "wild": told["bool"]}
golden["pytables"] |= {"weight": [i / 2 for i in rows], "kind": [["fish", "bird"][i % 2] for i in rows]}
with tables.open_file(FOLDER / "blosc.h5", "w", filters=tables.Filters(complevel=5, complib="blosc")) as file:
    file.create_table("/", "t", np.zeros(50, dtype=[("a", "i4"), ("y", "f8")]))

# Frames of pandas, with holes.
days = ["2020-01-01", None, "1969-12-31 23:59:59.9995", "2021-01-01", "2022-01-01", "2023-01-01", "2024-02-29 12:00"]
frame = pd.DataFrame(
    {
        "a": [None if i == 2 else i / 4 for i in rows],
        "b": [i * 3 for i in rows],
        "c": [None if i == 3 else i + 0.5 for i in rows],
        "sé": [name or "none" for name in NAMES],
        "day": pd.to_datetime(days),
        "wild": [i % 3 == 0 for i in rows],
        "group": pd.Categorical([None if i == 1 else ["v", "u"][i % 2] for i in rows]),
    }
)
date = lambda text: None if text is None else {"date": text}
cells = {
    "a": [None if i == 2 else i / 4 for i in rows],
    "b": [i * 3 for i in rows],
    "c": [None if i == 3 else i + 0.5 for i in rows],
    "sé": [name or "none" for name in NAMES],
    "day": [date(day) for day in ["2020-01-01T00:00:00.000Z", None, "1969-12-31T23:59:59.999Z", "2021-01-01T00:00:00.000Z", "2022-01-01T00:00:00.000Z", "2023-01-01T00:00:00.000Z", "2024-02-29T12:00:00.000Z"]],
    "wild": [i % 3 == 0 for i in rows],
    "group": [None if i == 1 else ["v", "u"][i % 2] for i in rows],
}
frame.to_hdf(FOLDER / "pandas-table.h5", "df", format="table", index=False, complevel=9)
frame.to_hdf(FOLDER / "pandas-columns.h5", "deep/df", format="table", data_columns=True, index=False, complevel=9)
golden["pandas-table"] = golden["pandas-columns"] = cells
frame.drop(columns=["sé", "group"]).to_hdf(FOLDER / "pandas-fixed.h5", "df", format="fixed", complevel=4)
golden["pandas-fixed"] = {name: cells[name] for name in ("a", "b", "c", "day", "wild")}
# Text in a fixed frame is a pickle. PyTables makes room of a megabyte for it, which is left out.
frame[["sé"]].to_hdf(FOLDER / "large.h5", "df", format="fixed", complevel=9)
with h5py.File(FOLDER / "large.h5") as large, h5py.File(FOLDER / "pandas-pickle.h5", "w") as file:
    group = file.create_group("df")
    group.attrs.update(large["df"].attrs)
    for name, dataset in large["df"].items():
        if name != "block0_values":
            large.copy(dataset, group)
    values = group.create_dataset("block0_values", data=large["df/block0_values"][:], dtype=h5py.vlen_dtype("u1"))
    values.attrs.update(large["df/block0_values"].attrs)
(FOLDER / "large.h5").unlink()
pd.DataFrame({(1, "x"): [1.5, 2.5]}).to_hdf(FOLDER / "pandas-tuples.h5", "df", format="table", index=False, complevel=9)

(ROOT / "golden" / "hdf5-tables.json").write_text(json.dumps(golden) + "\n")
