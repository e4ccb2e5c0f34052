# Makes test/fixtures/*.h5: small HDF5 files of every kind that readHdf5 takes, and hostile ones that it must refuse.
# Run by hand with a Python that has NumPy and h5py: python3 scripts/fixtures.py. The files are committed.

from pathlib import Path

import h5py
import numpy as np

FOLDER = Path(__file__).resolve().parent.parent / "test" / "fixtures"
COUNT = 6
X = np.arange(18).reshape(COUNT, 3)  # 0 … 17
Y = np.array([0, 1, 2, 1, 0, 2])
NAMES = np.array(["ant", "bee", "cow"])
PICTURES = np.arange(COUNT * 12).reshape(COUNT, 2, 2, 3)


def create(name, **options):
    return h5py.File(FOLDER / f"{name}.h5", "w", **{"libver": "latest", **options})


def put(file, path, data, **options):
    """A dataset in its header where that is possible: a fixture is a few kB, not one page for each dataset."""
    data = np.asarray(data)
    if options or data.dtype.hasobject:
        file.create_dataset(path, data=data, **options)
        return
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_layout(h5py.h5d.COMPACT)
    plist.set_obj_track_times(False)
    kind = h5py.h5t.py_create(data.dtype, logical=True)
    space = h5py.h5s.create_simple(data.shape) if data.shape else h5py.h5s.create(h5py.h5s.SCALAR)
    group, _, name = path.rpartition("/")
    parent = file.require_group(group) if group else file
    dataset = h5py.h5d.create(parent.id, name.encode(), kind, space, plist)
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, np.ascontiguousarray(data))


# The layouts that need no names.
for name, libver in (("course", "earliest"), ("course-latest", "latest")):
    with create(name, libver=libver) as file:
        put(file, "train_set_x", PICTURES.astype("u1"))
        put(file, "train_set_y", [0, 1, 1, 0, 1, 0])
        put(file, "list_classes", np.array([b"non-cat", b"cat"]))
with create("upper", userblock_size=512) as file:  # as MATLAB writes: something of its own before the HDF5 file
    put(file, "X", X.astype("f8"))
    put(file, "Y", Y)
with create("both") as file:
    for part in ("train", "test"):
        put(file, f"{part}_set_x", PICTURES.astype("u1"))
        put(file, f"{part}_set_y", Y)
with create("text", libver="earliest") as file:
    put(file, "notes", np.array([b"no data set"]))

# Every type of examples, in both byte orders. Negative and fractional values where the type has them.
with create("examples") as file:
    for order in "<>":
        for kind in ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8"):
            shift = {"u": 0, "i": -9, "f": 0.5}[kind[0]]
            put(file, f"{'little' if order == '<' else 'big'}/{kind}", (X + shift).astype(order + kind))
    put(file, "x", X.astype("u1"))
    put(file, "y", Y)
    put(file, "line", np.arange(COUNT, dtype="f8"))
    put(file, "pictures", PICTURES.astype("i4"))
    put(file, "half", X.astype("f2"))
    put(file, "complex", X.astype("c8"))
    put(file, "compound", np.zeros(COUNT, [("a", "f4"), ("b", "i4")]))
    put(file, "one", np.float64(7))
    put(file, "none", np.zeros((0, 3)))
    put(file, "narrow", np.zeros((COUNT, 0)))
    put(file, "nan", np.where(X == 10, np.nan, X))
    put(file, "infinite", np.where(X == 17, -np.inf, X).astype("f4"))
    file.create_dataset("null", data=h5py.Empty("f4"))
    wide = h5py.h5t.STD_I32LE.copy()
    wide.set_size(3)
    h5py.h5d.create(file.id, b"int24", wide, h5py.h5s.create_simple((COUNT, 3)))

# Every form of labels for the six rows of "x".
with create("labels") as file:
    put(file, "x", X.astype("u1"))
    for kind in ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", ">u4", ">i8", "f4", ">f8"):
        put(file, f"y/{kind.replace('>', 'big-')}", Y.astype(kind))
    put(file, "y/column", Y.reshape(-1, 1))
    put(file, "y/row", Y.reshape(1, -1))
    put(file, "y/one-hot", np.eye(3)[Y])
    put(file, "y/one-hot-bytes", np.eye(3)[Y].astype("u1"))
    put(file, "y/one-hot-bool", np.eye(3)[Y] == 1)
    put(file, "y/bool", Y > 0)
    put(file, "y/digits", Y.astype("S1"))
    put(file, "y/names", NAMES[Y].astype("S"))
    put(file, "y/padded", np.array([b"%-5s" % name.encode() for name in NAMES[Y]]))
    put(file, "y/vlen", NAMES[Y].astype(object), dtype=h5py.string_dtype())
    put(file, "y/vlen-ascii", NAMES[Y].astype(object), dtype=h5py.string_dtype("ascii"))
    put(file, "classes/three", NAMES.astype("S"))
    put(file, "classes/vlen", NAMES.astype(object), dtype=h5py.string_dtype())
    put(file, "classes/digits", [3, 7, 9])
    put(file, "classes/other", np.array([b"dog", b"eel", b"fox"]))
    put(file, "classes/twice", np.array([b"ant", b"bee", b"ant"]))
    put(file, "classes/two", np.array([b"ant", b"bee"]))
    put(file, "bad/nan", np.where(Y == 2, np.nan, Y))
    put(file, "bad/fraction", Y / 2)
    put(file, "bad/negative", Y - 1)
    put(file, "bad/single", np.ones(COUNT, "u1"))
    put(file, "bad/single-name", np.array([b"ant"] * COUNT))
    put(file, "bad/large", Y * 2**40)
    put(file, "bad/five", Y[:5])
    put(file, "bad/square", np.zeros((3, 2), "u1"))
    put(file, "bad/two-hot", np.ones((COUNT, 3)))
    put(file, "bad/cold", np.zeros((COUNT, 3)))
    put(file, "bad/half", Y.astype("f2"))
    put(file, "bad/big-enum", Y, dtype=h5py.enum_dtype({"ant": 0, "bee": 1, "cow": 2}, ">i4"))
    file.create_dataset("bad/wide", (COUNT, 2**16 + 1), "u1", chunks=(COUNT, 2**16), compression="gzip")
    put(file, "bad/blank", np.array([b"ant", b"bee", b"", b"bee", b"ant", b"bee"]))

# Everything the library unpacks itself, and one that it does not.
with create("packed") as file:
    x = X.astype(">i2")
    put(file, "gzip", x, chunks=(4, 2), compression="gzip", shuffle=True, fletcher32=True)
    put(file, "scale-offset", x.astype("<i2"), chunks=(6, 3), scaleoffset=0)
    put(file, "chunked", x, chunks=(2, 3))
    bits = h5py.h5t.STD_I16LE.copy()
    bits.set_precision(12)
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((6, 3))
    plist.set_filter(h5py.h5z.FILTER_NBIT)
    nbit = h5py.h5d.create(file.id, b"nbit", bits, h5py.h5s.create_simple((COUNT, 3)), plist)
    nbit.write(h5py.h5s.ALL, h5py.h5s.ALL, (X - 9).astype("i2"))
    put(file, "lzf", x, chunks=(6, 3), compression="lzf")
    put(file, "y", Y)

# Data that lie in another file: a device, a file of the host, the file itself.
with create("outside") as file:
    put(file, "y", Y)
    put(file, "x", X.astype("u1"))
    for i, target in enumerate(("/dev/null", "/dev/stdin", "/dev/urandom", "/etc/passwd", "../secret", "wasmlp.h5", "/wasmlp.h5")):
        file.create_dataset(f"external/{i}", (COUNT, 3), "u1", external=[(target, 0, 18)])
    file["link/file"] = h5py.ExternalLink("/etc/secret.h5", "/x")
    file["link/own"] = h5py.ExternalLink("wasmlp.h5", "/x")
    file["link/soft"] = h5py.SoftLink("/link/file/x")
    file["link/broken"] = h5py.SoftLink("/nowhere")
    file["link/inside"] = h5py.SoftLink("/x")
    for name, source in (("virtual/other", "/etc/secret.h5"), ("virtual/own", ".")):
        layout = h5py.VirtualLayout((COUNT, 3), "u1")
        layout[:] = h5py.VirtualSource(source, "x", (COUNT, 3))
        file.create_virtual_dataset(name, layout)

# Small files that say they hold a lot.
with create("huge") as file:
    put(file, "y", Y)
    file.create_dataset("terabytes", (2**43 // 8,), "f8", chunks=(1024,), compression="gzip")
    file.create_dataset("gigabyte", (COUNT, 2**30 // 6), "u1", chunks=(1, 4096), compression="gzip")
    file.create_dataset("contiguous", (COUNT, 2**30 // 6), "u1")
    file.create_dataset("piece", (COUNT,), "u1", maxshape=(None,), chunks=(2**27,), compression="gzip")
    file.create_dataset("overflow", (2**32, 2**32), "u1", chunks=(1, 1024))

# Groups that hold each other: endless paths.
with create("endless") as file:
    for name in "abcdef":
        file.create_group(name)
    for name in "abcdef":
        for other in "abcdef":
            file[f"{name}/{other}"] = file[other]
    put(file, "x", X.astype("u1"))
    put(file, "y", Y)

# Numbers and labels of kinds that are not NumPy's usual ones.
with create("kinds") as file:
    half = np.array([0, -0.5, 1.5, 65504, 2**-14, 2**-24, -2**-20, 1 / 3, 1e-3, 7, 8, 9, 1, 2, 3, 4, 5, 6]).reshape(COUNT, 3)
    put(file, "half", half.astype("<f2"))
    put(file, "big", half.astype(">f2"))
    put(file, "bool", X % 2 == 0)
    put(file, "bits", (X % 2).astype("u1"))
    put(file, "word", (PICTURES * 900).astype("u2"))
    put(file, "dark", PICTURES.astype("u1"))
    put(file, "bright", (X * 15).astype("u1"))
    file.create_dataset("enum", data=Y.astype("i1"), dtype=h5py.enum_dtype({"ant": 0, "bee": 1, "cow": 2}, basetype="i1"))
    put(file, "signs", np.where(Y > 0, 1, -1))
    put(file, "from1", Y + 1)


# MATLAB writes column by column, behind a block of text of its own.
def matlab(name, **matrices):
    with create(name, libver="earliest", userblock_size=512) as file:
        for key, matrix in matrices.items():
            file[key] = np.asarray(matrix, "f8").T
            file[key].attrs["MATLAB_class"] = np.bytes_("double")
    with open(FOLDER / f"{name}.h5", "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64, HDF5 schema 1.00 .".ljust(124) + b"\0\2IM")


matlab("matlab", X=X, y=Y[:, None] + 1)
matlab("matlab-square", X=np.arange(36).reshape(6, 6), y=Y[:, None])
matlab("matlab-columns", data=np.arange(24).reshape(4, 6), labels=Y[None, :])
