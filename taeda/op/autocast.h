// Mixed precision: while it is on, products and convolutions compute in a narrower dtype, and
// losses in float32, whatever floating dtype but float64 they are given.
#pragma once
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "taeda/op/def.h"

namespace taeda {

// What becomes of an op's inputs: nothing; converted to the narrower dtype; to float32.
enum class Autocast : uint8_t { none, lower, full };

namespace detail {
// clang-format off
inline constexpr std::array autocast_lower{
    "addbmm", "addmm", "baddbmm", "bmm", "conv1d", "conv2d", "conv3d", "conv_transpose1d",
    "conv_transpose2d", "conv_transpose3d", "linear", "matmul", "mm", "prelu",
    "scaled_dot_product_attention"};
inline constexpr std::array autocast_full{
    "avg_pool3d", "binary_cross_entropy", "binary_cross_entropy_with_logits", "cdist",
    "cosine_embedding_loss", "cross_entropy", "ctc_loss", "hinge_embedding_loss", "huber_loss",
    "kl_div", "l1_loss", "margin_ranking_loss", "mse_loss", "multi_margin_loss",
    "multilabel_margin_loss", "multilabel_soft_margin_loss", "nanquantile", "nll_loss",
    "poisson_nll_loss", "polar", "prod", "quantile", "smooth_l1_loss", "soft_margin_loss", "trace",
    "triplet_margin_loss"};
// clang-format on
constexpr Autocast autocast_of_word(std::string_view word) {
  auto in = [&](const auto& list) { return std::ranges::find(list, word) != list.end(); };
  return in(autocast_lower) ? Autocast::lower : in(autocast_full) ? Autocast::full : Autocast::none;
}
}  // namespace detail
template <class Op> constexpr Autocast autocast_of = detail::autocast_of_word(op_name<Op>);

// Of this thread.
struct AutocastState {
  bool on = false;
  DType dtype = DType::bfloat16;  // the narrower one
};
TAEDA_API AutocastState& autocast_state();

// While it lives, autocast is on, or off, on this thread.
class AutocastGuard {
 public:
  explicit AutocastGuard(bool on, DType dtype = DType::bfloat16)
      : before_(std::exchange(autocast_state(), {on, dtype})) {}
  ~AutocastGuard() { autocast_state() = before_; }
  AutocastGuard(const AutocastGuard&) = delete;

 private:
  AutocastState before_;
};

}  // namespace taeda
