// Sequences of different lengths as one tensor: padded to the longest, or packed, step behind step,
// as recurrent layers take them.
#pragma once
#include "taeda/nn/rnn.h"

namespace taeda::nn::utils::rnn {

struct TAEDA_API PaddingSide {
  static constexpr std::string_view words[] = {"right", "left"};
  [[noreturn]] static void fail(std::string_view word);
};

// Sequences (length, *) as one tensor (longest, N, *), or (N, longest, *) if batch_first.
TAEDA_API Tensor pad_sequence(const TensorList& sequences, bool batch_first = false,
                              double padding_value = 0, Choice<PaddingSide> padding_side = {});
// The sequences that pad_sequence() put together; lengths (N), integers.
TAEDA_API TensorList unpad_sequence(const Tensor& padded, const Tensor& lengths,
                                    bool batch_first = false);

// Packs (longest, N, *), or (N, longest, *) if batch_first. Unless enforce_sorted, sequences need
// not come longest first. Error: lengths below 1, not sorted, or of another number than N.
TAEDA_API Sequence pack_padded_sequence(const Tensor& input, const Tensor& lengths,
                                        bool batch_first = false, bool enforce_sorted = true);
struct Padded {
  Tensor data, lengths;  // (longest, N, *), or N first; (N), int64
};
// total_length: pad to this length. ValueError if a sequence is longer.
TAEDA_API Padded pad_packed_sequence(const Sequence& sequence, bool batch_first = false,
                                     double padding_value = 0,
                                     std::optional<int64_t> total_length = {});
// The same from and to sequences (length, *).
TAEDA_API Sequence pack_sequence(const TensorList& sequences, bool enforce_sorted = true);
TAEDA_API TensorList unpack_sequence(const Sequence& sequence);

// The permutation that undoes this one; undefined for none.
TAEDA_API Tensor invert_permutation(const Tensor& permutation);

}  // namespace taeda::nn::utils::rnn
