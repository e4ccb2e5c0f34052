# Makes test/fixtures/*.webp, one that moves among them, and test/golden/webp.json: small WebP pictures of each kind, and the pixels that Google's
# library (in Pillow) reads in them. Run by hand with a Python that has Pillow 9.4: python3 scripts/fixtures-webp.py. The
# files are committed.

import json
from pathlib import Path

import numpy as np
from PIL import Image

TEST = Path(__file__).resolve().parent.parent / "test"
HEIGHT, WIDTH = 13, 18
values = (np.arange(HEIGHT * WIDTH * 3).reshape(HEIGHT, WIDTH, 3) * 7 % 251).astype("u1")
alpha = (np.arange(HEIGHT * WIDTH).reshape(HEIGHT, WIDTH, 1) % 256).astype("u1")
flat = Image.fromarray(values)
clear = Image.fromarray(np.dstack([values, alpha]))
folder = TEST / "fixtures"
flat.save(folder / "lossless.webp", lossless=True)
flat.save(folder / "lossy.webp", quality=60)
clear.save(folder / "alpha.webp", quality=60, exact=True)
flat.save(folder / "moving.webp", lossless=True, save_all=True, append_images=[flat.transpose(Image.FLIP_TOP_BOTTOM)])
told = {name: list(Image.open(folder / f"{name}.webp").convert("RGBA").tobytes()) for name in ("lossless", "lossy", "alpha")}
assert np.array_equal(np.array(told["lossless"]).reshape(HEIGHT, WIDTH, 4)[:, :, :3], values)
(TEST / "golden" / "webp.json").write_text(json.dumps({"width": WIDTH, "height": HEIGHT, "pixels": told}) + "\n")
