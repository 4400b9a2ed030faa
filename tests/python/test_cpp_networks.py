"""The examples that train one network each: a few steps, the same in both languages."""

import math
import re

import pytest
from taeda.datasets import load_images, read_image
from test_cpp_examples import run

pytestmark = pytest.mark.taeda_only
TALE = 42  # different characters


def both(tmp_path, name, *options):
    """What the program prints and the picture it leaves, if any; the same in both languages."""
    texts, pictures = [], []
    for language in ("python", "cpp"):
        folder = tmp_path / language
        folder.mkdir()
        texts.append(run(language, name, *options, cwd=folder))
        pictures += [read_image(path) for path in folder.iterdir()]
    assert texts[0] == texts[1]
    assert not pictures or (pictures[0].equal(pictures[1]) and len(pictures) == 2)
    return texts[0], pictures[0] if pictures else None


def losses(text, word="loss"):
    return [float(x) for x in re.findall(rf"^(?:epoch|step) \d+:.*?{word} ([\d.]+)", text, re.M)]


@pytest.mark.parametrize(
    "name, epochs, accuracy", [("mlp", 5, 0.9), ("lenet", 2, 0.9), ("resnet", 2, 0.9)]
)
def test_classifiers(tmp_path, name, epochs, accuracy):
    text, _ = both(tmp_path, name, "--epochs", str(epochs))
    assert len(losses(text)) == epochs
    assert losses(text)[0] < 1.2 * math.log(10)
    assert losses(text)[-1] < 0.5 * losses(text)[0]
    right = [int(n) for n in re.findall(r"^\d: +(\d+) of \d+ right", text, re.M)]
    reached = float(re.search(r"^test accuracy ([\d.]+)", text, re.M)[1])
    assert len(right) == 10
    assert reached == pytest.approx(sum(right) / 299, abs=1e-4)
    assert reached > accuracy


def ink(page):
    """How black the 64 digits of a page are, from 0 to 1, averaged by column."""
    pixels = 1 - page[::4, ::4].float() / 255  # a pixel is a square of 4 x 4
    assert tuple(pixels.shape) == (8 * 9, 8 * 9)
    return pixels.view(8, 9, 8, 9)[:, :8, :, :8].mean((0, 1, 2))


def ink_of_digits():
    return load_images("digits").train_images.float().mean((0, 1)) / 16


def test_vae(tmp_path):
    text, page = both(tmp_path, "vae", "--epochs", "6")
    assert losses(text)[-1] < 0.9 * losses(text)[0]
    assert (ink(page) - ink_of_digits()).abs().max() < 0.1
    drawn = re.findall(r"^[ .:=+*#%@-]+(?: \| [ .:=+*#%@-]+){7}", text, re.M)
    assert len(drawn) > 12  # three rows of 8 lines each, but for those that end white


def test_gan(tmp_path):
    text, page = both(tmp_path, "gan", "--epochs", "3")
    discriminator = losses(text, "discriminator's")
    assert len(discriminator) == 3
    assert max(discriminator) < 2 * math.log(2)  # better than no opinion
    assert (ink(page) - ink_of_digits()).abs().max() < 0.25  # even gray is 0.5 beside it
    assert ink(page)[0] < 0.2 and ink(page)[7] < 0.2


@pytest.mark.parametrize("name", ["char_lstm", "char_transformer"])
def test_language_models(tmp_path, name):
    text, _ = both(tmp_path, name, "--steps", "60", "--prompt", "The sea", "--characters", "60")
    assert text.startswith(f"4631 characters, {TALE} different ones\n")
    assert losses(text)[-1] < 2.2 < losses(text)[0] < math.log(TALE)
    tale = text.split("\n", 3)[3].removesuffix("\n")
    assert tale.startswith("The sea")
    assert len(tale) == len("The sea") + 60


def test_another_text(tmp_path):
    file = tmp_path / "text"
    file.write_text("abcab" * 50)
    for name in ("char_lstm", "char_transformer"):
        folder = tmp_path / name
        folder.mkdir()
        options = ("--text", str(file), "--prompt", "abc", "--characters", "20")
        options += ("--steps", "50", "--batch-size", "4", "--length", "16")
        text, _ = both(folder, name, *options)
        assert text.splitlines()[-1] == ("abcab" * 5)[:23]


@pytest.mark.parametrize("language", ["python", "cpp"])
def test_options(language):
    assert "nonsense" in run(language, "mlp", "--nonsense", "1", code=2)
    assert "many" in run(language, "mlp", "--epochs", "many", code=2)
    assert "--batch-size" in run(language, "mlp", "--batch-size", code=2)
    assert "--lr" in run(language, "mlp", "--help")
