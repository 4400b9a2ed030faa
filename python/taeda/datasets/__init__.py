"""Ready sets of small gray pictures for first programs, and the readers of their file formats.

``digits`` is part of the package and needs no files; ``mnist`` and ``fashion-mnist`` are read from
files the user has. Nothing is downloaded.
"""

import os

from .. import _C

_io = _C._io


class ImageSet:
    """What :func:`load_images` returns.

    ``train_images``, ``test_images``: uint8 [N, height, width]; ``train_labels``, ``test_labels``:
    int64 [N], indices of ``class_names``, a list of str; ``max_value``: the brightest a pixel can
    be, 255, or 16 for ``digits``: divide by it.
    """

    __slots__ = (
        "train_images",
        "train_labels",
        "test_images",
        "test_labels",
        "class_names",
        "max_value",
    )

    def __init__(
        self, train_images, train_labels, test_images, test_labels, class_names, max_value=255
    ):
        self.train_images = train_images
        self.train_labels = train_labels
        self.test_images = test_images
        self.test_labels = test_labels
        self.class_names = class_names
        self.max_value = max_value

    def __repr__(self):
        shapes = [list(x.shape) for x in (self.train_images, self.test_images)]
        return f"ImageSet(train {shapes[0]}, test {shapes[1]}, {len(self.class_names)} classes)"


def load_images(name, root=None):
    """The image set ``name``, an :class:`ImageSet`.

    - ``"digits"``: 1,797 handwritten digits of 8 x 8 pixels with values 0..16 (Alpaydin and
      Kaynak, UCI Machine Learning Repository, 1998, https://doi.org/10.24432/C50P49, CC BY 4.0).
      The first 1,500 are for training, the last 297 for tests, in the order of the original
      test file; a shuffled split would be easier.
    - ``"mnist"``: handwritten digits of 28 x 28 pixels (LeCun, Cortes and Burges).
    - ``"fashion-mnist"``: clothes of 28 x 28 pixels (Xiao, Rasul and Vollgraf, 2017).

    The latter two are four IDX files, ``train-images-idx3-ubyte`` and so on, plain or with
    ``.gz``. With ``root`` they are looked for there only: in ``root`` itself, in ``MNIST/raw`` or
    ``FashionMNIST/raw`` below it, in ``mnist`` or ``fashion-mnist``, in ``raw``. Without it the
    same below ``./data``, then in ``/usr/share/datasets/<name>``.

    Raises ValueError for another name, FileNotFoundError listing the places if the files are not
    found, RuntimeError naming the file that is damaged or does not fit the others.
    """
    if not isinstance(name, str):
        raise TypeError(f"the name of an image set must be str, not {type(name).__name__}")
    if root is None:
        return ImageSet(*_io.load_images(name, b""))
    return ImageSet(*_io.load_images(name, os.fsencode(root) or b"."))


def read_idx(path):
    """The array in an IDX file, plain or gzipped (told by content), as a tensor.

    Its dtype is uint8, int8, int16, int32, float32 or float64. Raises FileNotFoundError, and
    RuntimeError naming the file and what is wrong with it.
    """
    return _io.read_idx(os.fsencode(path))


def read_image(path):
    """The PNG picture in a file as gray, uint8 [height, width]; 0 is black, 255 white.

    Every colour type and bit depth. Colours become the luma of ITU-R BT.601; transparent parts lie
    on white; gamma and colour profiles are ignored.
    """
    return _io.read_image(os.fsencode(path))
