// Ready sets of small gray pictures: 8 x 8 digits that are part of the library, and MNIST and
// Fashion-MNIST read from files the user has.
#pragma once
#include <string>
#include <vector>

#include "taeda/tensor/tensor.h"

namespace taeda::io {

struct ImageSet {
  Tensor train_images;  // uint8 [N, height, width]
  Tensor train_labels;  // int64 [N], indices of class_names
  Tensor test_images, test_labels;
  std::vector<std::string> class_names;
  int64_t max_value;  // the brightest a pixel can be: 255, or 16 for "digits"
};

// `name` is one of
// - "digits": 1,797 handwritten digits of 8 x 8 pixels, which need no files (E. Alpaydin,
//   C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998,
//   https://doi.org/10.24432/C50P49, CC BY 4.0). The first 1,500 are for training, the last 297 for
//   tests, in the order of the original test file;
// - "mnist": handwritten digits of 28 x 28 pixels (LeCun, Cortes and Burges);
// - "fashion-mnist": clothes of 28 x 28 pixels (Xiao, Rasul and Vollgraf, 2017).
// The latter two are the four files train-images-idx3-ubyte, train-labels-idx1-ubyte and
// t10k-..., plain or with .gz. With a `root` they are looked for there only: in root itself,
// root/MNIST/raw or root/FashionMNIST/raw, root/mnist or root/fashion-mnist, root/raw. Without one:
// the same below ./data, then /usr/share/datasets/mnist or /usr/share/datasets/fashion-mnist.
// Throws ValueError for another name, FileError (ENOENT) that lists the places if the files are not
// found, taeda::Error naming the file that is damaged or does not fit the others.
TAEDA_API ImageSet load_images(const std::string& name, const std::string& root = "");

// The PNG picture in a file as gray, uint8 [height, width]; see png.h for colours and transparency.
TAEDA_API Tensor read_image(const std::string& path);

}  // namespace taeda::io
