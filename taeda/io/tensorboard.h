// SummaryWriter: scalars, histograms, pictures, text, graphs and more in event files, for
// TensorBoard to show. PyTorch's names; one writer may be used from several threads.
//
//   io::SummaryWriter writer("runs/one");
//   writer.add_scalar("loss/train", loss, step);
//   writer.add_histogram("fc1/weight", net.fc1->weight, step);
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "taeda/io/event_file.h"
#include "taeda/io/summary.h"
#include "taeda/nn/module.h"

namespace taeda::io {

// The step an event belongs to, and when it happened (seconds since 1970; now, if not said).
struct At {
  At() = default;
  At(int64_t step) : step(step) {}
  At(std::optional<int64_t> step, std::optional<double> walltime)
      : step(step), walltime(walltime) {}
  std::optional<int64_t> step;
  std::optional<double> walltime;
};

using HParam = std::variant<double, std::string, bool>;
using HParams = std::vector<std::pair<std::string, HParam>>;
using HParamDomains = std::vector<std::pair<std::string, std::vector<HParam>>>;
using NamedNumbers = std::vector<std::pair<std::string, double>>;

// A chart of the page "Custom scalars", in a category.
struct CustomChart {
  std::string category, title;
  bool margin = false;  // three tags: a value, its lower and its upper bound; else any number
  std::vector<std::string> tags;
};

class TAEDA_API SummaryWriter {
 public:
  struct Options {
    std::string comment;                // ends the name of the folder, if log_dir is empty
    std::optional<int64_t> purge_step;  // readers drop events of earlier runs from this step on
    int64_t max_queue = 10;             // events that wait until a call writes them
    double flush_secs = 120;            // how long they wait at most
    std::string filename_suffix;
  };
  // Files go to `log_dir`; by default to runs/<date and time>_<host><comment>. Throws FileError.
  SummaryWriter(const std::string& log_dir, const Options& o);
  explicit SummaryWriter(const std::string& log_dir = "") : SummaryWriter(log_dir, Options{}) {}

  const std::string& get_logdir() const { return log_dir_; }

  void add_scalar(std::string_view tag, double value, At at = {}, ScalarForm form = {});
  void add_scalar(std::string_view tag, const Tensor& value, At at = {}, ScalarForm form = {});
  // One run each, in the folder <log_dir>/<main_tag>_<name>: curves of one chart.
  void add_scalars(const std::string& main_tag, const NamedNumbers& values, At at = {});
  void add_histogram(std::string_view tag, const Tensor& values, At at = {},
                     const Bins& bins = std::string("tensorflow"),
                     std::optional<int64_t> max_bins = {});
  void add_histogram_raw(std::string_view tag, const HistogramSummary& histogram, At at = {});
  void add_image(std::string_view tag, const Tensor& image, At at = {},
                 const std::string& format = "CHW");
  void add_images(std::string_view tag, const Tensor& images, At at = {},
                  const std::string& format = "NCHW");
  void add_audio(std::string_view tag, const Tensor& sound, At at = {},
                 int64_t sample_rate = 44100);
  void add_text(std::string_view tag, std::string_view text, At at = {});  // Markdown
  void add_tensor(std::string_view tag, const Tensor& x, At at = {});
  // labels: 0 or 1; predictions: in 0..1; weights: of the samples, or undefined.
  void add_pr_curve(std::string_view tag, const Tensor& labels, const Tensor& predictions,
                    At at = {}, int64_t num_thresholds = 127, const Tensor& weights = {});
  // rows: [6, thresholds], see make_pr_curve.
  void add_pr_curve_raw(std::string_view tag, const Tensor& rows, At at = {});
  // vertices [B, N, 3], colors [B, N, 3] in 0..255, faces [B, M, 3]; config is JSON for three.js.
  void add_mesh(std::string_view tag, const Tensor& vertices, const Tensor& colors = {},
                const Tensor& faces = {}, const std::string& config = "{}", At at = {});
  void add_custom_scalars(const std::vector<CustomChart>& charts);
  // A run of its own, in the folder <log_dir>/<run_name>; by default the time.
  void add_hparams(const HParams& hparams, const NamedNumbers& metrics,
                   const HParamDomains& domains = {}, std::string run_name = "", At at = {});
  // Points of the projector: mat [N, D], a line of metadata and a picture [C, H, W] for each.
  void add_embedding(const Tensor& mat, const std::vector<std::string>& metadata = {},
                     const Tensor& label_img = {}, int64_t step = 0,
                     const std::string& tag = "default");
  // The ops that model(input) calls, grouped by the modules that own their parameters.
  void add_graph(nn::Module& model, const Tensor& input);
  void add_graph_def(ByteView graph_def);  // a GraphDef message

  void flush();
  void close();  // a later add_..() opens a new file

 private:
  template <class F> void write(EventFile& file, const At& at, F content);
  template <class F> void write_summary(EventFile& file, const At& at, F content);
  template <class F> void write_summary(const At& at, F content) {
    write_summary(*file(log_dir_), at, content);
  }
  std::shared_ptr<EventFile> file(const std::string& folder);

  std::string log_dir_;
  Options options_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<EventFile>> files_;  // by folder
  std::string projector_config_;
};

}  // namespace taeda::io
