#include "taeda/io/tensorboard.h"

#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "taeda/autograd/grad_mode.h"
#include "taeda/io/graph_def.h"
#include "taeda/ops/copying.h"

namespace taeda::io {

namespace {

std::string default_folder(const std::string& comment) {
  std::time_t now = std::time(nullptr);
  std::tm local;
  ::localtime_r(&now, &local);
  char text[64], host[256] = "localhost";
  std::strftime(text, sizeof text, "%b%d_%H-%M-%S", &local);
  ::gethostname(host, sizeof host - 1);
  return std::string("runs/") + text + "_" + host + comment;
}

void put_file(const std::string& path, std::string_view text) {
  AtomicFile file(path);
  file.write({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  file.commit();
}

std::string quoted(std::string_view s) {  // as protobuf's text format wants it
  std::string out = "\"";
  for (char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') out += "\\n";
    else out += c;
  }
  return out + '"';
}

// A tag as the name of a folder.
std::string encoded(std::string_view tag) {
  std::string out;
  for (char c : tag) {
    if (c == '%' || c == '/' || c == '\\') {
      char hex[4];
      std::snprintf(hex, sizeof hex, "%%%02x", unsigned(uint8_t(c)));
      out += hex;
    } else {
      out += c;
    }
  }
  return out;
}

void put_value(ProtoWriter& w, uint32_t field, const HParam& v) {  // google.protobuf.Value
  w.message(field, [&] {
    if (auto* number = std::get_if<double>(&v)) w.float64(2, *number);
    else if (auto* s = std::get_if<std::string>(&v)) w.string(3, *s);
    else w.varint(4, std::get<bool>(v));
  });
}
int type_of(const HParam& v) {
  return std::holds_alternative<std::string>(v) ? 1 : std::holds_alternative<bool>(v) ? 2 : 3;
}

PluginData pr_plugin(int64_t thresholds) {
  ProtoWriter content;
  content.varint(2, thresholds);
  return {"pr_curves", content.take()};
}

}  // namespace

SummaryWriter::SummaryWriter(const std::string& log_dir, const Options& o)
    : log_dir_(log_dir.empty() ? default_folder(o.comment) : log_dir), options_(o) {
  file(log_dir_);
}

std::shared_ptr<EventFile> SummaryWriter::file(const std::string& folder) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<EventFile>& f = files_[folder];
  if (f) return f;
  bool first = files_.size() == 1;
  try {
    f = std::make_shared<EventFile>(
        folder,
        EventFile::Options{options_.max_queue, options_.flush_secs, options_.filename_suffix});
    write(*f, {}, [](ProtoWriter& event) {
      event.string(3, "brain.Event:2");
      event.message(10, [&] { event.string(1, "taeda.io.SummaryWriter"); });
    });
    if (options_.purge_step && first && folder == log_dir_) {
      write(*f, *options_.purge_step, [](ProtoWriter& event) { event.string(3, "brain.Event:2"); });
      write(*f, *options_.purge_step,
            [](ProtoWriter& event) { event.message(7, [&] { event.varint(1, 1); }); });
      options_.purge_step.reset();
    }
    f->flush();
  } catch (...) {
    files_.erase(folder);
    throw;
  }
  return f;
}

template <class F> void SummaryWriter::write(EventFile& file, const At& at, F content) {
  ProtoWriter event;
  event.float64(1, at.walltime ? *at.walltime : wall_time_now());
  if (at.step && *at.step) event.varint(2, *at.step);
  content(event);
  file.add(event.data());
}
template <class F> void SummaryWriter::write_summary(EventFile& file, const At& at, F content) {
  write(file, at, [&](ProtoWriter& event) { event.message(5, [&] { content(event); }); });
}

void SummaryWriter::add_scalar(std::string_view tag, double value, At at, ScalarForm form) {
  write_summary(at, [&](ProtoWriter& s) { add_scalar_summary(s, tag, value, form); });
}
void SummaryWriter::add_scalar(std::string_view tag, const Tensor& value, At at, ScalarForm form) {
  if (value.numel() != 1)
    fail<nn::AssertionError>(
        "Tensor should contain one element (0 dimensions).             Was given size: ",
        value.numel(), " and ", value.dim(), " dimensions.");
  add_scalar(tag, numbers_of(value)[0], at, form);
}

void SummaryWriter::add_scalars(const std::string& main_tag, const NamedNumbers& values, At at) {
  if (!at.walltime) at.walltime = wall_time_now();
  std::string folder = main_tag;
  std::replace(folder.begin(), folder.end(), '/', '_');
  for (auto& named : values)
    write_summary(*file(log_dir_ + "/" + folder + "_" + named.first), at,
                  [&](ProtoWriter& s) { add_scalar_summary(s, main_tag, named.second, {}); });
}

void SummaryWriter::add_histogram(std::string_view tag, const Tensor& values, At at,
                                  const Bins& bins, std::optional<int64_t> max_bins) {
  add_histogram_raw(tag, make_histogram(values, bins, max_bins), at);
}
void SummaryWriter::add_histogram_raw(std::string_view tag, const HistogramSummary& h, At at) {
  if (h.bucket_limits.size() != h.bucket_counts.size())
    fail<ValueError>("len(bucket_limits) != len(bucket_counts), see the document.");
  write_summary(at, [&](ProtoWriter& s) { add_histogram_summary(s, tag, h); });
}

void SummaryWriter::add_image(std::string_view tag, const Tensor& image, At at,
                              const std::string& format) {
  Tensor picture = make_image(image, format);
  write_summary(at, [&](ProtoWriter& s) { add_image_summary(s, tag, picture); });
}
void SummaryWriter::add_images(std::string_view tag, const Tensor& images, At at,
                               const std::string& format) {
  add_image(tag, images, at, format);
}

void SummaryWriter::add_audio(std::string_view tag, const Tensor& sound, At at,
                              int64_t sample_rate) {
  write_summary(at, [&](ProtoWriter& s) { add_audio_summary(s, tag, sound, sample_rate); });
}

void SummaryWriter::add_text(std::string_view tag, std::string_view text, At at) {
  write_summary(at, [&](ProtoWriter& s) { add_text_summary(s, tag, text); });
}

void SummaryWriter::add_tensor(std::string_view tag, const Tensor& x, At at) {
  write_summary(at, [&](ProtoWriter& s) { add_tensor_summary(s, tag, x, {"tensor", {}}); });
}

void SummaryWriter::add_pr_curve(std::string_view tag, const Tensor& labels,
                                 const Tensor& predictions, At at, int64_t num_thresholds,
                                 const Tensor& weights) {
  // TensorBoard reads at most 127.
  num_thresholds = std::min<int64_t>(num_thresholds, 127);
  add_pr_curve_raw(tag, make_pr_curve(labels, predictions, num_thresholds, weights), at);
}
void SummaryWriter::add_pr_curve_raw(std::string_view tag, const Tensor& rows, At at) {
  if (rows.dim() != 2 || rows.size(0) != 6)
    fail<ValueError>("add_pr_curve_raw: six rows of one number a threshold are expected, got ",
                     rows.sizes());
  write_summary(at, [&](ProtoWriter& s) {
    add_tensor_summary(s, tag, rows, pr_plugin(std::min<int64_t>(rows.size(1), 127)));
  });
}

void SummaryWriter::add_mesh(std::string_view tag, const Tensor& vertices, const Tensor& colors,
                             const Tensor& faces, const std::string& config, At at) {
  struct Part {
    const Tensor& tensor;
    const char* suffix;
    int type;
  };
  const Part parts[] = {{vertices, "_VERTEX", 1}, {faces, "_FACE", 2}, {colors, "_COLOR", 3}};
  int components = 0;
  for (const Part& p : parts) {
    if (!p.tensor.defined()) continue;
    if (p.tensor.dim() != 3)
      fail<ValueError>("add_mesh: a tensor [batch, n, 3] is expected, got ", p.tensor.sizes());
    components |= 1 << p.type;
  }
  write_summary(at, [&](ProtoWriter& s) {
    for (const Part& p : parts) {
      if (!p.tensor.defined()) continue;
      ProtoWriter content;
      content.string(2, tag);
      content.varint(3, p.type);
      content.string(5, config);
      content.packed(6, std::span<const int64_t>(p.tensor.sizes().data(), 3));
      content.varint(7, components);
      NoGradGuard no_grad;
      add_tensor_summary(s, std::string(tag) + p.suffix, cast(p.tensor, {DType::float32}),
                         {"mesh", content.take()});
    }
  });
}

void SummaryWriter::add_custom_scalars(const std::vector<CustomChart>& charts) {
  ProtoWriter layout;
  std::vector<std::string> categories;
  for (auto& c : charts)
    if (std::find(categories.begin(), categories.end(), c.category) == categories.end())
      categories.push_back(c.category);
  for (auto& category : categories)
    layout.message(2, [&] {
      layout.string(1, category);
      for (auto& c : charts) {
        if (c.category != category) continue;
        if (c.margin && c.tags.size() != 3)
          fail<nn::AssertionError>("Expected 3 tags, got ", c.tags.size(), ".");
        layout.message(2, [&] {
          layout.string(1, c.title);
          layout.message(c.margin ? 3 : 2, [&] {
            if (!c.margin)
              for (auto& tag : c.tags) layout.string(1, tag);
            else
              layout.message(1, [&] {
                for (uint32_t i = 0; i < 3; i++) layout.string(i + 1, c.tags[i]);
              });
          });
        });
      }
    });
  const Bytes& bytes = layout.data();
  write_summary(At{}, [&](ProtoWriter& s) {
    add_string_summary(s, "custom_scalars__config__",
                       {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, {},
                       {"custom_scalars", {}});
  });
}

void SummaryWriter::add_hparams(const HParams& hparams, const NamedNumbers& metrics,
                                const HParamDomains& domains, std::string run_name, At at) {
  ProtoWriter experiment, start, end;
  experiment.message(2, [&] {
    for (auto& param : hparams)
      experiment.message(4, [&] {
        experiment.string(1, param.first);
        experiment.varint(4, type_of(param.second));
        for (auto& domain : domains) {
          if (domain.first != param.first) continue;
          experiment.message(5, [&] {
            for (auto& v : domain.second) put_value(experiment, 1, v);
          });
        }
      });
    for (auto& metric : metrics)
      experiment.message(
          5, [&] { experiment.message(1, [&] { experiment.string(2, metric.first); }); });
  });
  start.message(3, [&] {
    for (auto& param : hparams)
      start.message(1, [&] {
        start.string(1, param.first);
        put_value(start, 2, param.second);
      });
  });
  end.message(4, [&] { end.varint(1, 1); });

  if (run_name.empty()) run_name = text(wall_time_now());
  std::string folder = log_dir_ + "/" + run_name;
  std::shared_ptr<EventFile> run = file(folder);
  for (auto& part : {std::pair<const char*, ProtoWriter&>("experiment", experiment),
                     {"session_start_info", start},
                     {"session_end_info", end}})
    write_summary(*run, at, [&](ProtoWriter& s) {
      add_plugin_summary(s, std::string("_hparams_/") + part.first,
                         {"hparams", part.second.take()});
    });
  for (auto& metric : metrics)
    write_summary(*run, at,
                  [&](ProtoWriter& s) { add_scalar_summary(s, metric.first, metric.second, {}); });
  // A run of one moment: its file need not stay open.
  {
    std::lock_guard lock(mutex_);
    files_.erase(folder);
  }
  run->close();
}

void SummaryWriter::add_embedding(const Tensor& mat, const std::vector<std::string>& metadata,
                                  const Tensor& label_img, int64_t step, const std::string& tag) {
  if (mat.dim() != 2)
    fail<nn::AssertionError>("mat should be 2D, where mat.size(0) is the number of data points");
  if (!metadata.empty() && int64_t(metadata.size()) != mat.size(0) &&
      !(int64_t(metadata.size()) == mat.size(0) + 1 && metadata[0].find('\t') != std::string::npos))
    fail<nn::AssertionError>("#labels should equal with #data points");
  if (label_img.defined() && (label_img.dim() != 4 || label_img.size(0) != mat.size(0)))
    fail<nn::AssertionError>("#images should equal with #data points");

  std::string number = std::to_string(step);
  number.insert(0, number.size() < 5 ? 5 - number.size() : 0, '0');
  std::string below = number + "/" + encoded(tag), folder = log_dir_ + "/" + below;
  make_folders(folder);
  std::string config = "embeddings {\n  tensor_name: " + quoted(tag + ":" + number) + "\n";
  if (!metadata.empty()) {
    std::string lines;
    for (auto& line : metadata) lines += line + "\n";
    put_file(folder + "/metadata.tsv", lines);
    config += "  metadata_path: " + quoted(below + "/metadata.tsv") + "\n";
  }
  if (label_img.defined()) {
    Bytes png = png_of_image(make_sprite(label_img));
    put_file(folder + "/sprite.png", {reinterpret_cast<const char*>(png.data()), png.size()});
    config += "  sprite {\n    image_path: " + quoted(below + "/sprite.png") +
              "\n    single_image_dim: " + std::to_string(label_img.size(3)) +
              "\n    single_image_dim: " + std::to_string(label_img.size(2)) + "\n  }\n";
  }
  config += "  tensor_path: " + quoted(below + "/tensors.tsv") + "\n}\n";

  std::vector<double> numbers = numbers_of(mat);
  std::string rows;
  for (size_t i = 0, columns = size_t(mat.size(1)); i < numbers.size(); i++) {
    rows += is_floating(mat.dtype()) ? text(numbers[i]) : std::to_string(int64_t(numbers[i]));
    rows += (i + 1) % columns ? '\t' : '\n';
  }
  put_file(folder + "/tensors.tsv", rows);
  std::lock_guard lock(mutex_);
  projector_config_ += config;
  put_file(log_dir_ + "/projector_config.pbtxt", projector_config_);
}

void SummaryWriter::add_graph(nn::Module& model, const Tensor& input) {
  NoGradGuard no_grad;
  GraphRecorder recorder;
  std::vector<std::pair<std::string, std::string>> types;
  nn::NamedModules modules = model.named_modules();
  for (auto& [name, m] : modules) types.emplace_back(name, m->type_name());
  std::vector<std::string> scopes = module_scopes(model.type_name(), types);
  for (size_t i = 0; i < modules.size(); i++)
    for (auto role : {nn::Module::Role::parameter, nn::Module::Role::buffer})
      for (auto& [name, t] : modules[i].second->named(role, {}, false))
        recorder.add_parameter(scopes[i] + "/" + name, t);
  recorder.add_input("input", input);
  recorder.begin();
  Tensor output = model(input);
  recorder.end();
  recorder.add_output("output", output);
  add_graph_def(recorder.graph_def());
}

void SummaryWriter::add_graph_def(ByteView graph_def) {
  EventFile& f = *file(log_dir_);
  write(f, At{}, [&](ProtoWriter& event) { event.bytes(4, graph_def); });
  write(f, At{}, [&](ProtoWriter& event) { event.message(8, [&] { event.string(1, "step1"); }); });
  f.flush();
}

void SummaryWriter::flush() {
  std::vector<std::shared_ptr<EventFile>> open;
  {
    std::lock_guard lock(mutex_);
    for (auto& [folder, f] : files_) open.push_back(f);
  }
  for (auto& f : open) f->flush();
}

void SummaryWriter::close() {
  std::map<std::string, std::shared_ptr<EventFile>> open;
  {
    std::lock_guard lock(mutex_);
    open.swap(files_);
  }
  for (auto& [folder, f] : open) f->close();
}

}  // namespace taeda::io
