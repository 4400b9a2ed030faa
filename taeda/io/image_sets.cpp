#include "taeda/io/image_sets.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>

#include "taeda/autograd/grad_mode.h"
#include "taeda/io/idx.h"
#include "taeda/io/png.h"

namespace taeda::io {

namespace {

#include "taeda/io/digits.inc"

constexpr int64_t kDigitsForTraining = 1500;

Bytes from_base64(std::string_view text) {
  Bytes out;
  out.reserve(text.size() / 4 * 3);
  uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    if (c == '=') break;
    int v = c >= 'a'   ? c - 'a' + 26
            : c >= 'A' ? c - 'A'
            : c >= '0' ? c - '0' + 52
            : c == '+' ? 62
                       : 63;
    bits = bits << 6 | uint32_t(v);
    if ((count += 6) >= 8) out.push_back(uint8_t(bits >> (count -= 8)));
  }
  return out;
}

// ---- tensors ----

// uint8 labels as int64; `source` names them in errors.
Tensor widen_labels(const Tensor& labels, size_t classes, const std::string& source) {
  Tensor out = empty(labels.sizes(), DType::int64);
  auto* from = labels.data<uint8_t>();
  auto* to = out.data<int64_t>();
  for (int64_t i = 0; i < labels.numel(); i++) {
    if (from[i] >= classes)
      fail("'", source, "': label ", int(from[i]), " at ", i, ", there are ", classes, " classes");
    to[i] = from[i];
  }
  return out;
}

Tensor rows(const Tensor& x, int64_t begin, int64_t end) {
  Geometry g = x.geometry();
  g.offset += begin * g.strides[0];
  g.sizes[0] = end - begin;
  return alias(x, g);
}

std::vector<std::string> digit_names() {
  return {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
}

ImageSet digits() {
  Tensor images = parse_idx(from_base64(digits_images));
  Tensor labels = widen_labels(parse_idx(from_base64(digits_labels)), 10, "digits");
  int64_t n = images.size(0), cut = kDigitsForTraining;
  return {rows(images, 0, cut), rows(labels, 0, cut), rows(images, cut, n),
          rows(labels, cut, n), digit_names(),        16};
}

// ---- files ----

struct FileSet {
  std::string_view name, folder;  // of torchvision's layout
  std::vector<std::string> classes;
};

bool is_file(const std::string& path) {
  struct stat s;
  return ::stat(path.c_str(), &s) == 0 && S_ISREG(s.st_mode);
}

constexpr std::array<std::string_view, 4> stems = {"train-images", "train-labels", "t10k-images",
                                                   "t10k-labels"};

// The file of stem `i` in a folder, under one of the names in use; nothing if there is none.
std::optional<std::string> find_file(const std::string& folder, size_t i) {
  const char* kind = i % 2 ? "idx1-ubyte" : "idx3-ubyte";
  for (const char* joint : {"-", "."})
    for (const char* end : {"", ".gz"}) {
      std::string path = folder + "/" + std::string(stems[i]) + joint + kind + end;
      if (is_file(path)) return path;
    }
  return {};
}

std::vector<std::string> places(const FileSet& set, const std::string& root) {
  std::vector<std::string> out;
  std::string in_layout = "/" + std::string(set.folder), name = "/" + std::string(set.name);
  auto add_root = [&](const std::string& r) {
    for (const std::string& folder :
         {std::string(), in_layout + "/raw", in_layout, name, std::string("/raw")})
      out.push_back(r + folder);
  };
  if (!root.empty()) return add_root(root), out;
  add_root("data");
  out.push_back("/usr/share/datasets" + name);
  return out;
}

// The four files, in the order of `stems`, from the first place that has one of them.
std::array<std::string, 4> find_files(const FileSet& set, const std::string& root) {
  std::vector<std::string> folders = places(set, root);
  for (auto& folder : folders) {
    std::array<std::string, 4> out;
    std::string missing;
    size_t found = 0;
    for (size_t i = 0; i < 4; i++) {
      if (auto path = find_file(folder, i)) out[i] = *path, found++;
      else missing += (missing.empty() ? "" : ", ") + std::string(stems[i]);
    }
    if (found == 4) return out;
    if (found)
      throw FileError(ENOENT, std::string(set.name) + ": in '" + folder +
                                  "' these files are missing: " + missing +
                                  " (-idx3-ubyte or -idx1-ubyte, plain or .gz)");
  }
  std::string list;
  for (auto& folder : folders) list += "\n  " + folder;
  std::string hint = set.name == "fashion-mnist"
                         ? "\nOn Debian and Ubuntu the package dataset-fashion-mnist installs them."
                         : "";
  throw FileError(ENOENT,
                  std::string(set.name) +
                      ": the files train-images-idx3-ubyte, train-labels-idx1-ubyte, "
                      "t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (plain or .gz) were not "
                      "found in any of" +
                      list + hint);
}

Tensor read_part(const std::string& path, int64_t rank, const char* content) {
  Tensor t = read_idx(path);
  if (t.dtype() != DType::uint8 || t.dim() != rank)
    fail("'", path, "' holds ", t.dtype(), " of ", t.dim(), " dimensions; ", content,
         " are torch.uint8 of ", rank);
  return t;
}

ImageSet from_files(const FileSet& set, const std::string& root) {
  auto files = find_files(set, root);
  std::array<Tensor, 4> t;
  for (size_t i = 0; i < 4; i += 2) {
    t[i] = read_part(files[i], 3, "images");
    t[i + 1] = read_part(files[i + 1], 1, "labels");
    if (t[i].numel() == 0) fail("'", files[i], "' holds no pixels: ", t[i].sizes());
    if (t[i].size(0) != t[i + 1].size(0))
      fail("'", files[i], "' holds ", t[i].size(0), " images, '", files[i + 1], "' ",
           t[i + 1].size(0), " labels");
    t[i + 1] = widen_labels(t[i + 1], set.classes.size(), files[i + 1]);
  }
  if (t[0].size(1) != t[2].size(1) || t[0].size(2) != t[2].size(2))
    fail("'", files[0], "' holds images of ", t[0].sizes(), ", '", files[2], "' of ", t[2].sizes());
  return {t[0], t[1], t[2], t[3], set.classes, 255};
}

}  // namespace

ImageSet load_images(const std::string& name, const std::string& root) {
  NoGradGuard no_grad;
  if (name == "digits") return digits();
  if (name == "mnist") return from_files({name, "MNIST", digit_names()}, root);
  if (name == "fashion-mnist")
    return from_files({name,
                       "FashionMNIST",
                       {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt",
                        "Sneaker", "Bag", "Ankle boot"}},
                      root);
  fail<ValueError>("unknown image set '", name, "': expected 'digits', 'mnist' or 'fashion-mnist'");
}

Tensor read_image(const std::string& path) {
  GrayImage image = read_png(path);
  Tensor out = empty({image.height, image.width}, DType::uint8);
  std::copy(image.pixels.begin(), image.pixels.end(), out.data<uint8_t>());
  return out;
}

}  // namespace taeda::io
