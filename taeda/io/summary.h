// Summaries: what TensorBoard shows under one tag at one step, as the protobuf messages it reads.
// Each function adds one value to a Summary message. Tensors may be of any real dtype and strides.
#pragma once
#include <optional>
#include <variant>

#include "taeda/io/protobuf.h"
#include "taeda/tensor/tensor.h"

namespace taeda::io {

struct ScalarForm {
  bool new_style = false;         // a tensor for the plugin "scalars", as newer writers make it
  bool double_precision = false;  // with new_style: 64 bits
};
void add_scalar_summary(ProtoWriter& summary, std::string_view tag, double value, ScalarForm form);

// How values are put into bins: "tensorflow" (edges that grow by a tenth, on both sides of 0), the
// name of a rule of numpy.histogram_bin_edges ("auto", "fd", "doane", "scott", "stone", "rice",
// "sturges", "sqrt"), a number of equal bins, or ascending edges.
using Bins = std::variant<std::string, int64_t, std::vector<double>>;
struct HistogramSummary {
  double min = 0, max = 0, num = 0, sum = 0, sum_squares = 0;
  std::vector<double> bucket_limits, bucket_counts;  // limits are the right edges
};
// The histogram of all elements. Neighbouring bins are joined until about `max_bins` are left.
// ValueError for no elements and bins that are none.
TAEDA_API HistogramSummary make_histogram(const Tensor& values, const Bins& bins,
                                          std::optional<int64_t> max_bins = {});
void add_histogram_summary(ProtoWriter& summary, std::string_view tag, const HistogramSummary& h);

// A picture as a uint8 tensor [H, W, C]: `format` names the axes of `x` ("CHW", "HWC", "HW",
// "NCHW", ..); a batch becomes a grid of up to eight columns. Floating numbers are taken from 0..1
// to 0..255, torch.uint8 as it is; gray becomes RGB.
TAEDA_API Tensor make_image(const Tensor& x, const std::string& format);
void add_image_summary(ProtoWriter& summary, std::string_view tag, const Tensor& hwc);
// The picture as a PNG file.
TAEDA_API Bytes png_of_image(const Tensor& hwc);
// Pictures [N, C, H, W] as one square picture, row by row, for the projector.
Tensor make_sprite(const Tensor& images);

// 16-bit PCM: `sound` is [1, frames], numbers in -1..1; others are cut off.
void add_audio_summary(ProtoWriter& summary, std::string_view tag, const Tensor& sound,
                       int64_t sample_rate);

void add_text_summary(ProtoWriter& summary, std::string_view tag, std::string_view text);

// The rows of a precision-recall curve: true and false positives, true and false negatives,
// precision and recall by threshold, [6, thresholds].
TAEDA_API Tensor make_pr_curve(const Tensor& labels, const Tensor& predictions,
                               int64_t num_thresholds, const Tensor& weights);

// A tensor under any plugin. `content` is the plugin's own message.
struct PluginData {
  std::string name;
  Bytes content;
};
void add_tensor_summary(ProtoWriter& summary, std::string_view tag, const Tensor& x,
                        const PluginData& plugin);
// A string as a tensor; `shape` [1] or [].
void add_string_summary(ProtoWriter& summary, std::string_view tag, std::string_view s,
                        const Dims& shape, const PluginData& plugin);
// No value, only a plugin's message.
void add_plugin_summary(ProtoWriter& summary, std::string_view tag, const PluginData& plugin);

// A TensorShapeProto.
void add_shape(ProtoWriter& out, uint32_t field, const Dims& sizes);

// The elements in reading order, as doubles.
std::vector<double> numbers_of(const Tensor& x);

}  // namespace taeda::io
