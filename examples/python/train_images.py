"""Trains an image classifier on digits, MNIST or Fashion-MNIST, and uses it.

    python train_images.py                                    # 8 x 8 digits, a few seconds
    python train_images.py --data fashion-mnist               # 28 x 28 clothes
    python train_images.py --data fashion-mnist --resume      # goes on after Ctrl-C
    python train_images.py --predict-index 7                  # shows a test picture and its class
    python train_images.py --predict picture.png              # classifies a file
    python train_images.py --evaluate runs/digits/checkpoint.safetensors

A run has a folder (--run-dir) with checkpoint.safetensors, metrics.csv and the training curve.
The same program in C++ is ../cpp/train_images.cpp: for one seed both print the same losses, and
each goes on with the other's checkpoints.
"""

import argparse
import csv
import math
import os
import signal
import sys
import time

import taeda.nn.functional as F
from digits import split_digits
from display import Progress, draw_curve, number, print_chances, print_picture, print_table
from taeda.datasets import load_images, read_image
from taeda.safetensors import safe_open, save_file
from taeda.utils.data import DataLoader, TensorDataset

import taeda
from taeda import nn

# Epochs, batch size and learning rate where the command line does not say.
DEFAULTS = {"digits": (20, 32, 2e-3), "mnist": (3, 64, 2e-3), "fashion-mnist": (3, 64, 2e-3)}
COLUMNS = ("epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "images_per_s")


class Net(nn.Module):
    """Raw gray pixels [N, height, width] -> scores [N, classes].

    Three convolutions with batch normalisation; the first two are followed by pooling. The scaling
    of the pixels is part of the model, so that a checkpoint is all that a prediction needs.
    """

    def __init__(self, height, width, classes):
        super().__init__()
        self.register_buffer("mean", taeda.zeros(()))
        self.register_buffer("std", taeda.ones(()))
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(32)
        self.conv3 = nn.Conv2d(32, 64, 3, padding=1)
        self.norm3 = nn.BatchNorm2d(64)
        self.dropout = nn.Dropout(0.4)
        self.linear = nn.Linear(64 * (height // 4) * (width // 4), classes)

    def forward(self, pixels):
        x = ((pixels.float() - self.mean) / self.std).unsqueeze(1)
        x = F.max_pool2d(F.relu(self.norm1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.norm2(self.conv2(x))), 2)
        x = F.relu(self.norm3(self.conv3(x)))
        return self.linear(self.dropout(x.flatten(1)))


def from_file(read, *args):
    """What `read` finds; a file that is missing or damaged ends the program with a message."""
    try:
        return read(*args)
    except (OSError, RuntimeError) as error:
        sys.exit(str(error))


class Data:
    """The pictures of a set: uint8 [N, height, width], labels int64 [N]."""

    def __init__(self, name, root):
        images = from_file(load_images, name, root)
        self.train = images.train_images, images.train_labels
        self.test = images.test_images, images.test_labels
        self.classes = images.class_names
        self.max_value = images.max_value
        if name == "digits":
            self.train, self.test = split_digits(images)

    @property
    def size(self):
        return tuple(self.train[0].shape[1:])


def evaluate(model, images, labels):
    """Mean loss and accuracy over a test set."""
    model.eval()
    loss, correct = 0.0, 0
    with taeda.no_grad():
        for x, y in zip(images.split(500), labels.split(500)):
            scores = model(x)
            loss += F.cross_entropy(scores, y, reduction="sum").item()
            correct += (scores.argmax(1) == y).sum().item()
    return loss / len(labels), correct / len(labels)


class Run:
    """A training run: model, optimizer, place in the data and the random stream."""

    def __init__(self, options, data):
        self.options = options  # data, epochs, batch_size, lr, seed
        self.data = data
        taeda.manual_seed(options["seed"])
        self.model = Net(*data.size, len(data.classes))
        pixels = data.train[0].float()
        self.model.mean.copy_(pixels.mean())
        self.model.std.copy_(pixels.std())
        self.optimizer = taeda.optim.Adam(self.model.parameters(), lr=options["lr"])
        self.epoch = 0  # epochs that are complete
        self.batch = 0  # batches done of the one after
        self.loss_sum, self.correct, self.seen = 0.0, 0, 0  # over these batches
        self.epoch_rng = taeda.get_rng_state()  # where that epoch began
        self.rows = []
        self.stop = False

    # ---- training ----

    def batches(self):
        """What is left of this epoch. The order is drawn again from where the epoch began."""
        loader = DataLoader(
            TensorDataset(*self.data.train), self.options["batch_size"], shuffle=True
        )
        now = taeda.get_rng_state()
        if self.batch == 0:
            self.epoch_rng = now
        taeda.set_rng_state(self.epoch_rng)
        batches = iter(loader)
        for _ in range(self.batch):
            next(batches)
        if self.batch:
            taeda.set_rng_state(now)
        return batches, len(loader)

    def train_epoch(self, progress):
        """Trains to the end of the epoch; False if it was stopped before."""
        options = self.options
        self.model.train()
        batches, count = self.batches()
        steps = options["epochs"] * count
        for x, y in batches:
            step = self.epoch * count + self.batch
            lr = options["lr"] * 0.5 * (1 + math.cos(math.pi * (step / steps)))
            self.optimizer.param_groups[0]["lr"] = lr
            self.optimizer.zero_grad()
            scores = self.model(x)
            loss = F.cross_entropy(scores, y)
            loss.backward()
            self.optimizer.step()
            self.batch += 1
            self.seen += len(y)
            self.loss_sum += loss.item() * len(y)
            self.correct += (scores.argmax(1) == y).sum().item()
            progress.update(
                self.epoch + 1,
                options["epochs"],
                self.batch / count,
                self.loss_sum / self.seen,
                self.correct / self.seen,
                len(y),
            )
            if self.stop and self.batch < count:
                return False
        return True

    def train(self, folder):
        """All epochs that are left; False if it was stopped."""
        options, images = self.options, len(self.data.train[1])
        progress = Progress((options["epochs"] - self.epoch) * images - self.seen)
        while self.epoch < options["epochs"]:
            began, before = time.perf_counter(), self.seen
            complete = self.train_epoch(progress)
            rate = (self.seen - before) / (time.perf_counter() - began)
            progress.clear()
            if not complete:
                self.save(folder)
                return False
            test_loss, test_accuracy = evaluate(self.model, *self.data.test)
            row = (
                self.epoch + 1,
                self.loss_sum / self.seen,
                self.correct / self.seen,
                test_loss,
                test_accuracy,
                rate,
            )
            self.rows.append(row)
            print(
                f"epoch {row[0]}: train loss {number(row[1])}, accuracy {row[2]:.4f};"
                f" test loss {number(row[3])}, accuracy {row[4]:.4f}",
                flush=True,
            )
            self.epoch += 1
            self.batch = self.seen = self.correct = 0
            self.loss_sum = 0.0
            self.epoch_rng = taeda.get_rng_state()
            self.save(folder)
            if self.stop and self.epoch < options["epochs"]:
                return False
        return True

    # ---- files ----

    def save(self, folder):
        tensors = {f"model.{name}": t for name, t in self.model.state_dict().items()}
        for index, state in self.optimizer.state_dict()["state"].items():
            tensors.update({f"optimizer.{index}.{name}": t for name, t in state.items()})
        tensors["rng.epoch"] = self.epoch_rng
        tensors["rng.now"] = taeda.get_rng_state()
        o = self.options
        metadata = {
            "data": o["data"],
            "epochs": str(o["epochs"]),
            "batch_size": str(o["batch_size"]),
            "lr": f"{o['lr']:.17g}",
            "seed": str(o["seed"]),
            "epoch": str(self.epoch),
            "batch": str(self.batch),
            "seen": str(self.seen),
            "correct": str(self.correct),
            "loss_sum": f"{self.loss_sum:.17g}",
            "height": str(self.data.size[0]),
            "width": str(self.data.size[1]),
            "max_value": str(self.data.max_value),
            "classes": "|".join(self.data.classes),
        }
        save_file(tensors, os.path.join(folder, "checkpoint.safetensors"), metadata)
        with open(os.path.join(folder, "metrics.csv"), "w", newline="") as file:
            file.write(",".join(COLUMNS) + "\n")
            for row in self.rows:
                file.write(",".join([str(row[0]), *map(number, row[1:])]) + "\n")

    def load(self, folder):
        tensors, metadata = read_checkpoint(os.path.join(folder, "checkpoint.safetensors"))
        self.model.load_state_dict(group(tensors, "model."))
        state = {}
        for name, tensor in group(tensors, "optimizer.").items():
            index, key = name.split(".")
            state.setdefault(int(index), {})[key] = tensor
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": state})
        self.epoch, self.batch = int(metadata["epoch"]), int(metadata["batch"])
        self.seen, self.correct = int(metadata["seen"]), int(metadata["correct"])
        self.loss_sum = float(metadata["loss_sum"])
        self.epoch_rng = tensors["rng.epoch"]
        taeda.set_rng_state(tensors["rng.now"])
        try:
            with open(os.path.join(folder, "metrics.csv"), newline="") as file:
                rows = list(csv.reader(file))[1 : self.epoch + 1]
            self.rows = [(int(row[0]), *map(float, row[1:])) for row in rows]
        except FileNotFoundError:
            self.rows = []


def group(tensors, prefix):
    """The tensors whose names begin with `prefix`, by the rest of the name."""
    return {name[len(prefix) :]: t for name, t in tensors.items() if name.startswith(prefix)}


def read_checkpoint(path):
    """The tensors and the metadata of a checkpoint, both by name."""
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}
            metadata = file.metadata()
    except (OSError, RuntimeError) as error:
        sys.exit(f"cannot read {path}: {error}")
    if not metadata or "classes" not in metadata:
        sys.exit(f"{path} is no checkpoint of this program")
    return tensors, metadata


def load_model(path):
    """The model of a checkpoint, ready to predict, and the checkpoint's metadata."""
    tensors, metadata = read_checkpoint(path)
    classes = metadata["classes"].split("|")
    model = Net(int(metadata["height"]), int(metadata["width"]), len(classes))
    model.load_state_dict(group(tensors, "model."))
    model.eval()
    return model, metadata


# ---- commands ----


def predict(args, checkpoint):
    """Shows one picture and the probability of each class."""
    model, metadata = load_model(checkpoint)
    size = int(metadata["height"]), int(metadata["width"])
    label = None
    if args.predict:
        pixels = from_file(read_image, args.predict).float() * (int(metadata["max_value"]) / 255)
        if tuple(pixels.shape) != size:
            pixels = F.adaptive_avg_pool2d(pixels[None, None], size)[0, 0]
    else:
        images, labels = Data(metadata["data"], args.data_root).test
        if not 0 <= args.predict_index < len(labels):
            sys.exit(f"--predict-index must be from 0 to {len(labels) - 1}")
        pixels, label = images[args.predict_index].float(), labels[args.predict_index].item()
    print_picture(pixels, int(metadata["max_value"]))
    with taeda.no_grad():
        chances = F.softmax(model(pixels.unsqueeze(0)), 1)[0].tolist()
    classes = metadata["classes"].split("|")
    if label is not None:
        print(f"label: {classes[label]}")
    best = max(range(len(classes)), key=lambda i: chances[i])
    print(f"predicted: {classes[best]} ({chances[best]:.1%})")
    print_chances(classes, chances)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", choices=DEFAULTS, default="digits")
    parser.add_argument("--data-root", help="folder of the MNIST or Fashion-MNIST files")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--lr", type=float, help="learning rate at the start; it falls to 0")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--run-dir", help="folder of the run; default runs/DATA")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --run-dir")
    parser.add_argument("--predict", metavar="PICTURE.png", help="classify a picture")
    parser.add_argument("--predict-index", type=int, metavar="N", help="classify a test picture")
    parser.add_argument("--evaluate", metavar="CHECKPOINT", help="test a checkpoint")
    args = parser.parse_args()
    args.run_dir = args.run_dir or os.path.join("runs", args.data)
    for name in ("epochs", "batch_size", "lr"):
        value = getattr(args, name)
        if value is not None and not value > 0:
            parser.error(f"--{name.replace('_', '-')} must be positive, not {value}")
    return args


def run_options(args, checkpoint):
    """The run's options: the checkpoint's on --resume, else those given, else the defaults."""
    given = {name: getattr(args, name) for name in ("epochs", "batch_size", "lr", "seed")}
    if not args.resume:
        given["data"] = args.data
        defaults = dict(zip(("epochs", "batch_size", "lr"), DEFAULTS[args.data]), seed=0)
        return {k: defaults[k] if v is None else v for k, v in given.items()}
    if not os.path.exists(checkpoint):
        sys.exit(f"nothing to resume: there is no {checkpoint}")
    saved = load_model(checkpoint)[1]
    options = {name: int(saved[name]) for name in ("epochs", "batch_size", "seed")}
    options.update(lr=float(saved["lr"]), data=saved["data"])
    for name, value in given.items():
        if value is not None and value != options[name]:
            option = name.replace("_", "-")
            sys.exit(f"this run has --{option} {options[name]}; leave --{option} out to resume it")
    return options


def train(args, checkpoint):
    options = run_options(args, checkpoint)
    run = Run(options, Data(options["data"], args.data_root))
    os.makedirs(args.run_dir, exist_ok=True)
    if args.resume:
        run.load(args.run_dir)
    parameters = sum(p.numel() for p in run.model.parameters())
    print(
        f"{options['data']}: {len(run.data.train[1])} training and {len(run.data.test[1])} test"
        f" pictures, {parameters} parameters, epoch {run.epoch + 1} of {options['epochs']}"
        if run.epoch < options["epochs"]
        else f"the run in {args.run_dir} is complete"
    )

    def interrupt(number, frame):  # a second Ctrl-C ends the program at once
        run.stop = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, interrupt)
    if not run.train(args.run_dir):
        go_on = [sys.executable, sys.argv[0], "--run-dir", args.run_dir, "--resume"]
        if args.data_root:
            go_on += ["--data-root", args.data_root]
        print(
            f"\nstopped in epoch {run.epoch + 1} after {run.batch} batches; everything is saved."
            f"\nGo on with: {' '.join(go_on)}"
        )
        sys.exit(130)
    print_table(run.rows)
    print(f"test accuracy {run.rows[-1][4]:.4f}")
    print(f"checkpoint {checkpoint}, curve {draw_curve(args.run_dir, run.rows)}")


def main():
    args = arguments()
    checkpoint = os.path.join(args.run_dir, "checkpoint.safetensors")
    if args.evaluate:
        model, metadata = load_model(args.evaluate)
        data = Data(metadata["data"], args.data_root)
        loss, accuracy = evaluate(model, *data.test)
        print(f"{metadata['data']}: test loss {number(loss)}, accuracy {accuracy:.4f}")
    elif args.predict or args.predict_index is not None:
        if not os.path.exists(checkpoint):
            sys.exit(f"train first: there is no {checkpoint}")
        predict(args, checkpoint)
    else:
        train(args, checkpoint)


if __name__ == "__main__":
    main()
