#include "taeda/io/summary.h"

#include <algorithm>
#include <cmath>

#include "taeda/autograd/grad_mode.h"
#include "taeda/ops/copying.h"

namespace taeda::io {

namespace {

enum TensorType { kFloat = 1, kDouble, kInt32, kUint8, kInt16, kInt8, kString, kInt64 = 9, kBool };
constexpr int kHalf = 19;

void add_metadata(ProtoWriter& value, const PluginData& plugin) {
  value.message(9, [&] {
    value.message(1, [&] {
      value.string(1, plugin.name);
      if (!plugin.content.empty()) value.bytes(2, plugin.content);
    });
  });
}

// One value of the summary: a tag and what `content()` adds.
template <class F> void add_value(ProtoWriter& summary, std::string_view tag, F content) {
  summary.message(1, [&] {
    summary.string(1, tag);
    content();
  });
}

Tensor plain(const Tensor& x, DType dtype) {
  NoGradGuard no_grad;
  Tensor out = cast(x, {dtype});
  return out.contiguous();
}

}  // namespace

std::vector<double> numbers_of(const Tensor& x) {
  if (x.is_meta()) fail("a tensor on the meta device has no values");
  Tensor t = plain(x, DType::float64);
  const double* p = t.data<double>();
  return {p, p + t.numel()};
}

void add_shape(ProtoWriter& out, uint32_t field, const Dims& sizes) {
  out.message(field, [&] {
    for (int64_t n : sizes) out.message(2, [&] { out.varint(1, n); });
  });
}

void add_scalar_summary(ProtoWriter& summary, std::string_view tag, double value, ScalarForm form) {
  add_value(summary, tag, [&] {
    if (!form.new_style) return summary.float32(2, float(value));
    summary.message(8, [&] {
      summary.varint(1, form.double_precision ? kDouble : kFloat);
      if (form.double_precision) summary.packed(6, std::span<const double>(&value, 1));
      else summary.packed(5, std::vector<float>{float(value)});
    });
    add_metadata(summary, {"scalars", {}});
  });
}

void add_histogram_summary(ProtoWriter& summary, std::string_view tag, const HistogramSummary& h) {
  add_value(summary, tag, [&] {
    summary.message(5, [&] {
      summary.float64(1, h.min);
      summary.float64(2, h.max);
      summary.float64(3, h.num);
      summary.float64(4, h.sum);
      summary.float64(5, h.sum_squares);
      summary.packed(6, std::span<const double>(h.bucket_limits));
      summary.packed(7, std::span<const double>(h.bucket_counts));
    });
  });
}

void add_text_summary(ProtoWriter& summary, std::string_view tag, std::string_view text) {
  add_string_summary(summary, std::string(tag) + "/text_summary", text, {1}, {"text", {}});
}

void add_string_summary(ProtoWriter& summary, std::string_view tag, std::string_view s,
                        const Dims& shape, const PluginData& plugin) {
  add_value(summary, tag, [&] {
    summary.message(8, [&] {
      summary.varint(1, kString);
      add_shape(summary, 2, shape);
      summary.string(8, s);
    });
    add_metadata(summary, plugin);
  });
}

void add_plugin_summary(ProtoWriter& summary, std::string_view tag, const PluginData& plugin) {
  add_value(summary, tag, [&] { add_metadata(summary, plugin); });
}

void add_tensor_summary(ProtoWriter& summary, std::string_view tag, const Tensor& x,
                        const PluginData& plugin) {
  // The type in the message and the field its numbers lie in.
  int type = 0, field = 0;
  DType held = x.dtype();
  switch (x.dtype()) {
  case DType::float32: type = kFloat, field = 5; break;
  case DType::float64: type = kDouble, field = 6; break;
  case DType::bfloat16: held = DType::float16; [[fallthrough]];
  case DType::float16: type = kHalf, field = 13; break;
  case DType::int32: type = kInt32, field = 7; break;
  case DType::uint8: type = kUint8, field = 7; break;
  case DType::int16: type = kInt16, field = 7; break;
  case DType::int8: type = kInt8, field = 7; break;
  case DType::int64: type = kInt64, field = 10; break;
  case DType::boolean: type = kBool, field = 11; break;
  default: fail<TypeError>("add_tensor: an event file has no place for ", x.dtype());
  }
  if (x.is_meta()) fail("add_tensor: a tensor on the meta device has no values");
  add_value(summary, tag, [&] {
    summary.message(8, [&] {
      summary.varint(1, type);
      add_shape(summary, 2, x.sizes());
      Tensor t = plain(x, held);
      size_t n = size_t(t.numel());
      if (field == 5) summary.packed(5, std::span<const float>(t.data<float>(), n));
      else if (field == 6) summary.packed(6, std::span<const double>(t.data<double>(), n));
      else if (field == 13) {
        std::vector<int64_t> bits;
        for (size_t i = 0; i < n; i++) bits.push_back(t.data<uint16_t>()[i]);
        summary.packed(13, std::span<const int64_t>(bits));
      } else {
        t = plain(t, DType::int64);
        summary.packed(uint32_t(field), std::span<const int64_t>(t.data<int64_t>(), n));
      }
    });
    add_metadata(summary, plugin);
  });
}

void add_audio_summary(ProtoWriter& summary, std::string_view tag, const Tensor& sound,
                       int64_t sample_rate) {
  Dims sizes;  // without the axes of one element
  for (int64_t n : sound.sizes())
    if (n != 1) sizes.push_back(n);
  if (sizes.size() > 1)
    fail<ValueError>("add_audio: the sound must have the shape [1, frames], got ", sound.sizes());
  std::vector<double> samples = numbers_of(sound);
  Bytes wav;
  auto put = [&](uint64_t v, int bytes) {
    for (int i = 0; i < bytes; i++) wav.push_back(uint8_t(v >> 8 * i));
  };
  auto word = [&](std::string_view s) { wav.insert(wav.end(), s.begin(), s.end()); };
  bool loud = false;
  word("RIFF"), put(36 + 2 * samples.size(), 4), word("WAVEfmt ");
  put(16, 4), put(1, 2), put(1, 2);  // PCM, one channel
  put(uint64_t(sample_rate), 4), put(uint64_t(sample_rate) * 2, 4), put(2, 2), put(16, 2);
  word("data"), put(2 * samples.size(), 4);
  for (double s : samples) {
    loud |= std::abs(s) > 1;
    put(uint64_t(int64_t(std::clamp(s, -1.0, 1.0) * 32767)), 2);
  }
  if (loud) warn("add_audio: numbers outside -1..1 were cut off");
  add_value(summary, tag, [&] {
    summary.message(6, [&] {
      summary.float32(1, float(sample_rate));
      summary.varint(2, 1);
      summary.varint(3, int64_t(samples.size()));
      summary.bytes(4, wav);
      summary.string(5, "audio/wav");
    });
  });
}

void add_image_summary(ProtoWriter& summary, std::string_view tag, const Tensor& hwc) {
  Bytes png = png_of_image(hwc);
  add_value(summary, tag, [&] {
    summary.message(4, [&] {
      summary.varint(1, hwc.size(0));
      summary.varint(2, hwc.size(1));
      summary.varint(3, hwc.size(2));
      summary.bytes(4, png);
    });
  });
}

Tensor make_pr_curve(const Tensor& labels, const Tensor& predictions, int64_t num_thresholds,
                     const Tensor& weights) {
  if (num_thresholds < 2)
    fail<ValueError>("add_pr_curve: num_thresholds must be at least 2, got ", num_thresholds);
  if (labels.numel() != predictions.numel() ||
      (weights.defined() && weights.numel() != labels.numel() && weights.numel() != 1))
    fail<ValueError>(
        "add_pr_curve: labels of ", labels.numel(), " elements with ", predictions.numel(),
        " predictions",
        weights.defined() ? " and " + std::to_string(weights.numel()) + " weights" : "");
  std::vector<double> label = numbers_of(labels), prediction = numbers_of(predictions), weight;
  if (weights.defined()) weight = numbers_of(weights);
  size_t n = size_t(num_thresholds);
  // Sums from each threshold up: a prediction counts as positive where it is not below it.
  std::vector<double> tp(n), fp(n);
  for (size_t i = 0; i < label.size(); i++) {
    double bucket = std::floor(prediction[i] * double(n - 1));
    if (!(bucket >= 0 && bucket <= double(n - 1))) continue;
    double w = weight.empty() ? 1 : weight[weight.size() == 1 ? 0 : i];
    tp[size_t(bucket)] += label[i] * w;
    fp[size_t(bucket)] += (1 - label[i]) * w;
  }
  for (size_t i = n - 1; i-- > 0;) tp[i] += tp[i + 1], fp[i] += fp[i + 1];

  Tensor out = empty({6, num_thresholds}, DType::float32);
  float* to = out.data<float>();
  for (size_t i = 0; i < n; i++) {
    double tn = fp[0] - fp[i], fn = tp[0] - tp[i];
    double row[] = {tp[i],
                    fp[i],
                    tn,
                    fn,
                    tp[i] / std::max(1e-7, tp[i] + fp[i]),
                    tp[i] / std::max(1e-7, tp[i] + fn)};
    for (size_t k = 0; k < 6; k++) to[k * n + i] = float(row[k]);
  }
  return out;
}

}  // namespace taeda::io
