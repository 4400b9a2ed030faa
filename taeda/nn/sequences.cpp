#include "taeda/nn/sequences.h"

#include <algorithm>
#include <numeric>

#include "taeda/ops/arrange.h"
#include "taeda/ops/create.h"
#include "taeda/ops/index.h"
#include "taeda/ops/join.h"
#include "taeda/ops/views.h"

namespace taeda::nn::utils::rnn {

namespace {

std::vector<int64_t> numbers_of(const Tensor& t) {
  Tensor all = t.to(DType::int64).contiguous();
  return {all.data<int64_t>(), all.data<int64_t>() + all.numel()};
}
// `n` rows of a value, in the form of x's rows.
Tensor rows_of(const Tensor& x, int64_t n, double value) {
  Dims sizes = x.sizes();
  sizes[0] = n;
  return full(sizes, value, {.dtype = x.dtype(), .device = x.device()});
}

}  // namespace

void PaddingSide::fail(std::string_view word) {
  taeda::fail("Expected padding_side to be one of left or right, but got ", word, ".");
}

Tensor pad_sequence(const TensorList& sequences, bool batch_first, double padding_value,
                    Choice<PaddingSide> side) {
  if (sequences.empty()) fail("received an empty list of sequences");
  int64_t longest = 0;
  for (const Tensor& s : sequences) longest = std::max(longest, s.size(0));
  TensorList rows;
  for (const Tensor& s : sequences) {
    int64_t n = longest - s.size(0);
    if (n == 0) {
      rows.push_back(s);
      continue;
    }
    Tensor fill = rows_of(s, n, padding_value);
    rows.push_back(side.is("right") ? cat({s, fill}, 0) : cat({fill, s}, 0));
  }
  return stack(rows, batch_first ? 0 : 1);
}

TensorList unpad_sequence(const Tensor& padded, const Tensor& lengths, bool batch_first) {
  TensorList rows = (batch_first ? padded : padded.transpose(0, 1)).unbind(0);
  std::vector<int64_t> n = numbers_of(lengths);
  rows.resize(std::min(rows.size(), n.size()));
  for (size_t i = 0; i < rows.size(); i++)
    rows[i] = rows[i].narrow(0, 0, std::min(n[i], rows[i].size(0)));
  return rows;
}

Sequence pack_padded_sequence(const Tensor& given, const Tensor& given_lengths, bool batch_first,
                              bool enforce_sorted) {
  std::vector<int64_t> lengths = numbers_of(given_lengths);
  Sequence out;
  Tensor input = given;
  if (enforce_sorted) {
    if (!std::is_sorted(lengths.begin(), lengths.end(), std::greater<>()))
      fail(
          "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You "
          "can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to "
          "sidestep this requirement if you do not need ONNX exportability.");
  } else {
    std::vector<int64_t> order(lengths.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::greater<>(),
                             [&](int64_t i) { return lengths[size_t(i)]; });
    std::ranges::sort(lengths, std::greater<>());
    out.sorted_indices = tensor(order);
    out.unsorted_indices = invert_permutation(out.sorted_indices);
    input = input.index_select(batch_first ? 0 : 1, out.sorted_indices);
  }
  if (batch_first) input = input.transpose(0, 1);
  if (lengths.empty() || lengths.back() <= 0)
    fail(
        "Length of all samples has to be greater than 0, but found an element in 'lengths' that is "
        "<= 0");
  if (input.size(1) != int64_t(lengths.size()))
    fail("Expected `len(lengths)` to be equal to batch_size, but got ", lengths.size(),
         " (batch_size=", input.size(1), ")");
  TensorList steps;
  std::vector<int64_t> sizes;
  for (int64_t t = 0, running = int64_t(lengths.size()); t < lengths[0]; t++) {
    while (lengths[size_t(running - 1)] <= t) running--;
    sizes.push_back(running);
    steps.push_back(input.select(0, t).narrow(0, 0, running));
  }
  out.data = cat(steps, 0);
  out.batch_sizes = tensor(sizes);
  return out;
}

Padded pad_packed_sequence(const Sequence& sequence, bool batch_first, double padding_value,
                           std::optional<int64_t> total_length) {
  if (!sequence.packed()) fail<TypeError>("pad_packed_sequence: the sequence is not packed");
  std::vector<int64_t> sizes = numbers_of(sequence.batch_sizes);
  int64_t longest = int64_t(sizes.size()), n = sizes.empty() ? 0 : sizes[0];
  if (total_length && *total_length < longest)
    fail<ValueError>(
        "Expected total_length to be at least the length of the longest sequence in input, but got "
        "total_length=",
        *total_length, " and max sequence length being ", longest);
  sizes.resize(size_t(total_length.value_or(longest)), 0);
  TensorList steps;
  std::vector<int64_t> lengths(size_t(n), 0);
  int64_t at = 0;
  for (int64_t running : sizes) {
    Tensor step = sequence.data.narrow(0, at, running);
    at += running;
    for (int64_t i = 0; i < running; i++) lengths[size_t(i)]++;
    if (running < n) step = cat({step, rows_of(step, n - running, padding_value)}, 0);
    steps.push_back(step);
  }
  Padded out{stack(steps, 0), tensor(lengths)};
  if (sequence.unsorted_indices.defined()) {
    out.data = out.data.index_select(1, sequence.unsorted_indices);
    out.lengths = out.lengths.index_select(0, sequence.unsorted_indices);
  }
  if (batch_first) out.data = out.data.transpose(0, 1);
  return out;
}

Sequence pack_sequence(const TensorList& sequences, bool enforce_sorted) {
  std::vector<int64_t> lengths;
  for (const Tensor& s : sequences) lengths.push_back(s.size(0));
  return pack_padded_sequence(pad_sequence(sequences), tensor(lengths), false, enforce_sorted);
}
TensorList unpack_sequence(const Sequence& sequence) {
  Padded padded = pad_packed_sequence(sequence, true);
  return unpad_sequence(padded.data, padded.lengths, true);
}

Tensor invert_permutation(const Tensor& permutation) {
  if (!permutation.defined()) return {};
  std::vector<int64_t> order = numbers_of(permutation), out(order.size());
  for (size_t i = 0; i < order.size(); i++) {
    if (order[i] < 0 || order[i] >= int64_t(order.size()))
      fail<IndexError>("invert_permutation: ", order[i], " is no place among ", order.size());
    out[size_t(order[i])] = int64_t(i);
  }
  return tensor(out).to(permutation.dtype()).to(permutation.device());
}

}  // namespace taeda::nn::utils::rnn
