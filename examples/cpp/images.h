// The classifier of train_images.cpp, its data and its checkpoints.
#pragma once
#include <taeda/taeda.h>

#include <cstdlib>
#include <map>
#include <sstream>

#include "digits.h"
#include "display.h"

namespace nn = taeda::nn;
namespace io = taeda::io;
using taeda::Tensor;

// Ends the program with a message; main() prints it.
struct Quit {
  std::string text;
  int code = 1;
};

inline std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> out;
  std::stringstream in(text);
  for (std::string part; std::getline(in, part, at);) out.push_back(part);
  return out;
}

// Raw gray pixels [N, height, width] -> scores [N, classes].
//
// Three convolutions with batch normalisation; the first two are followed by pooling. The scaling
// of the pixels is part of the model, so that a checkpoint is all that a prediction needs.
struct Net : nn::Module {
  static nn::Conv2d convolution(int64_t in, int64_t out) {
    return nn::Conv2d({.in_channels = in, .out_channels = out, .kernel_size = 3, .padding = 1});
  }

  TAEDA_BUFFER(mean, taeda::zeros({}));
  TAEDA_BUFFER(std, taeda::ones({}));
  TAEDA_CHILD(conv1, convolution(1, 16));
  TAEDA_CHILD(norm1, nn::BatchNorm2d(16));
  TAEDA_CHILD(conv2, convolution(16, 32));
  TAEDA_CHILD(norm2, nn::BatchNorm2d(32));
  TAEDA_CHILD(conv3, convolution(32, 64));
  TAEDA_CHILD(norm3, nn::BatchNorm2d(64));
  TAEDA_CHILD(dropout, nn::Dropout(0.4));
  nn::Linear linear;

  Net(int64_t height, int64_t width, int64_t classes)
      : linear(child("linear", &linear, nn::Linear(64 * (height / 4) * (width / 4), classes))) {}

  Tensor forward(const Tensor& pixels) override {
    Tensor x = ((pixels.to(taeda::DType::float32) - mean) / std).unsqueeze(1);
    x = taeda::max_pool2d(norm1(conv1(x)).relu(), {.kernel_size = {2, 2}});
    x = taeda::max_pool2d(norm2(conv2(x)).relu(), {.kernel_size = {2, 2}});
    x = norm3(conv3(x)).relu();
    return linear(dropout(x.flatten(1)));
  }
};

// The pictures are uint8 [N, height, width].
struct Data {
  Labelled train, test;
  std::vector<std::string> classes;
  int64_t max_value;

  Data(const std::string& name, const std::string& root) {
    io::ImageSet set = io::load_images(name, root);
    classes = set.class_names;
    max_value = set.max_value;
    if (name == "digits") std::tie(train, test) = split_digits(set);
    else train = {set.train_images, set.train_labels}, test = {set.test_images, set.test_labels};
  }
  int64_t height() const { return train.pictures.size(1); }
  int64_t width() const { return train.pictures.size(2); }
};

// How many rows of the scores [N, classes] have their greatest value at the label.
inline int64_t count_correct(const Tensor& scores, const Tensor& labels) {
  return (scores.argmax(1) == labels).sum().item<int64_t>();
}

// Mean loss and accuracy over a test set.
inline std::pair<double, double> evaluate(Net& model, const Labelled& test) {
  model.eval();
  taeda::NoGradGuard no_grad;
  nn::CrossEntropyLoss summed({.reduction = "sum"});
  double loss = 0;
  int64_t correct = 0;
  for (int64_t at = 0; at < test.size(); at += 500) {
    int64_t n = std::min<int64_t>(500, test.size() - at);
    Tensor labels = test.labels.narrow(0, at, n), scores = model(test.pictures.narrow(0, at, n));
    loss += summed(scores, labels).item<double>();
    correct += count_correct(scores, labels);
  }
  return {loss / double(test.size()), double(correct) / double(test.size())};
}

// ---- checkpoints ----

struct Checkpoint {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;

  int64_t number(const std::string& key) const { return std::atoll(metadata.at(key).c_str()); }
  // The tensors whose names begin with `prefix`, by the rest of the name.
  nn::NamedTensors group(const std::string& prefix) const {
    nn::NamedTensors out;
    for (auto& [name, t] : tensors)
      if (name.starts_with(prefix)) out.emplace_back(name.substr(prefix.size()), t);
    return out;
  }
};

inline Checkpoint read_checkpoint(const std::string& path) {
  io::SafetensorsContent file;
  try {
    file = io::load_safetensors(path);
  } catch (const taeda::Error& error) {
    throw Quit{format("cannot read %s: %s", path.c_str(), error.what())};
  }
  Checkpoint out{{file.tensors.begin(), file.tensors.end()}, {}};
  if (file.metadata) out.metadata.insert(file.metadata->begin(), file.metadata->end());
  if (!out.metadata.contains("classes")) throw Quit{path + " is no checkpoint of this program"};
  return out;
}

inline Tensor random_state() {
  Tensor state = taeda::empty({taeda::Generator::state_bytes}, taeda::DType::uint8);
  taeda::default_generator()->get_state(state.data<uint8_t>());
  return state;
}
inline void set_random_state(const Tensor& state) {
  taeda::default_generator()->set_state(state.data<uint8_t>(), state.numel());
}
