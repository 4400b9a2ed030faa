"""The 8 x 8 digits that come with the library: 1,498 pictures to learn from, 299 to test with."""

from taeda.datasets import load_images

import taeda as torch


def split_digits(images):
    """Training and test set, each (pictures, labels), of the two that the file has.

    The file is sorted by writer and its end is written by one or two people. Every sixth picture
    of the whole file asks how well known hands are read, and steadier.
    """
    pictures = torch.cat([images.train_images, images.test_images])
    labels = torch.cat([images.train_labels, images.test_labels])
    held_out = torch.arange(len(labels)) % 6 == 5
    return (pictures[~held_out], labels[~held_out]), (pictures[held_out], labels[held_out])


def load_digits():
    """Training and test set, each (pictures, labels).

    Pictures are float32 [N, 1, 8, 8] from 0 (paper) to 1 (ink), labels int64 [N] from 0 to 9.
    """
    images = load_images("digits")
    train, test = split_digits(images)
    return [(x.unsqueeze(1).float() / images.max_value, y) for x, y in (train, test)]


def print_accuracy(scores, labels):
    """How many test pictures of each digit are read right, and as what the others are read."""
    read = scores.argmax(1)
    for digit in range(10):
        of_digit = read[labels == digit].tolist()
        right = of_digit.count(digit)
        wrong = [f"{other} x{of_digit.count(other)}" for other in sorted({*of_digit} - {digit})]
        taken_for = f"   else read as {', '.join(wrong)}" if wrong else ""
        print(f"{digit}: {right:2d} of {len(of_digit)} right{taken_for}")
    print(f"test accuracy {(read == labels).float().mean().item():.4f}")
