// The 8 x 8 digits that come with the library: 1,498 pictures to learn from, 299 to test with.
#pragma once
#include <taeda/taeda.h>

#include <map>
#include <utility>

// Pictures and their labels, int64 [N].
struct Labelled {
  taeda::Tensor pictures, labels;
  int64_t size() const { return labels.size(0); }
};
using TrainAndTest = std::pair<Labelled, Labelled>;

// Training and test set of the two that the file has.
//
// The file is sorted by writer and its end is written by one or two people. Every sixth picture of
// the whole file asks how well known hands are read, and steadier.
inline TrainAndTest split_digits(const taeda::io::ImageSet& images) {
  auto pictures = taeda::cat({images.train_images, images.test_images});
  auto labels = taeda::cat({images.train_labels, images.test_labels});
  auto held_out = taeda::arange(labels.size(0)) % 6 == 5;
  return {{pictures[~held_out], labels[~held_out]}, {pictures[held_out], labels[held_out]}};
}

// Pictures are float32 [N, 1, 8, 8] from 0 (paper) to 1 (ink), labels from 0 to 9.
inline TrainAndTest load_digits() {
  auto images = taeda::io::load_images("digits");
  auto [train, test] = split_digits(images);
  for (auto* set : {&train, &test})
    set->pictures = set->pictures.unsqueeze(1).to(taeda::DType::float32) / images.max_value;
  return {train, test};
}

// The part of the scores [N, classes] that have their greatest value at the label.
inline double accuracy(const taeda::Tensor& scores, const taeda::Tensor& labels) {
  return (scores.argmax(1) == labels).to(taeda::DType::float32).mean().item<double>();
}

// How many test pictures of each digit are read right, and as what the others are read.
inline void print_accuracy(const taeda::Tensor& scores, const taeda::Tensor& labels) {
  auto read = scores.argmax(1);
  for (int64_t digit = 0; digit < 10; digit++) {
    std::map<int64_t, int> times;  // by what the pictures are read as
    auto of_digit = read[labels == digit];
    for (int64_t i = 0; i < of_digit.size(0); i++) times[of_digit[i].item<int64_t>()]++;
    std::printf("%ld: %2d of %ld right", digit, times[digit], of_digit.size(0));
    const char* before = "   else read as ";
    for (auto [other, n] : times)
      if (other != digit) std::printf("%s%ld x%d", before, other, n), before = ", ";
    std::printf("\n");
  }
  std::printf("test accuracy %.4f\n", accuracy(scores, labels));
}
