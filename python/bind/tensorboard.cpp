// The event writer for Python. taeda/utils/tensorboard turns what users give into tensors, numbers
// and text; these functions take just that.
#include "taeda/io/tensorboard.h"

#include <nanobind/stl/string_view.h>
#include <nanobind/stl/variant.h>

#include "bind.h"
#include "taeda/io/graph_def.h"

namespace taeda::python {

namespace {

using io::SummaryWriter;
using Step = std::optional<int64_t>;
using Time = std::optional<double>;

io::ByteView view_of_bytes(const nb::bytes& b) {
  return {reinterpret_cast<const uint8_t*>(b.c_str()), b.size()};
}
nb::bytes as_bytes(const io::Bytes& b) { return nb::bytes(b.data(), b.size()); }

}  // namespace

void define_tensorboard(nb::module_& m) {
  nb::module_ io = nb::borrow<nb::module_>(m.attr("_io"));

  nb::class_<io::RecordReader>(io, "RecordReader")
      .def("__init__",
           [](io::RecordReader* self, const nb::bytes& path) {
             new (self) io::RecordReader(std::string(path.c_str(), path.size()));
           })
      .def("next", [](io::RecordReader& r) -> nb::object {
        auto record = r.next();
        return record ? nb::object(as_bytes(*record)) : nb::none();
      });

  nb::class_<io::GraphRecorder>(io, "GraphRecorder")
      .def(nb::init<>())
      .def("add_input", &io::GraphRecorder::add_input)
      .def("add_parameter", &io::GraphRecorder::add_parameter)
      .def("add_output", &io::GraphRecorder::add_output)
      .def("begin", &io::GraphRecorder::begin)
      .def("end", &io::GraphRecorder::end)
      .def("push_scope", &io::GraphRecorder::push_scope)
      .def("pop_scope", &io::GraphRecorder::pop_scope)
      .def("text", &io::GraphRecorder::text)
      .def("graph_def", [](const io::GraphRecorder& r) { return as_bytes(r.graph_def()); });
  io.def("module_scopes", &io::module_scopes);

  nb::class_<SummaryWriter>(io, "SummaryWriter")
      .def(
          "__init__",
          [](SummaryWriter* self, const nb::bytes& log_dir, const std::string& comment,
             Step purge_step, int64_t max_queue, double flush_secs, const std::string& suffix) {
            new (self) SummaryWriter({log_dir.c_str(), log_dir.size()},
                                     {comment, purge_step, max_queue, flush_secs, suffix});
          },
          nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg(), nb::arg())
      .def("get_logdir",
           [](const SummaryWriter& w) {
             return nb::steal(PyUnicode_DecodeFSDefault(w.get_logdir().c_str()));
           })
      .def(
          "add_scalar",
          [](SummaryWriter& w, std::string_view tag, double value, Step step, Time time,
             bool new_style, bool double_precision) {
            w.add_scalar(tag, value, {step, time}, {new_style, double_precision});
          },
          nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg(), nb::arg())
      .def(
          "add_scalars",
          [](SummaryWriter& w, const std::string& tag, const io::NamedNumbers& values, Step step,
             Time time) {
            w.add_scalars(tag, values, {step, time});
          },
          nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none())
      .def(
          "add_histogram",
          [](SummaryWriter& w, std::string_view tag, const Tensor& values, Step step, Time time,
             const io::Bins& bins, std::optional<int64_t> max_bins) {
            w.add_histogram(tag, values, {step, time}, bins, max_bins);
          },
          nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg(), nb::arg().none())
      .def(
          "add_histogram_raw",
          [](SummaryWriter& w, std::string_view tag, double min, double max, double num, double sum,
             double sum_squares, const std::vector<double>& limits,
             const std::vector<double>& counts, Step step, Time time) {
            w.add_histogram_raw(tag, {min, max, num, sum, sum_squares, limits, counts},
                                {step, time});
          },
          nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(),
          nb::arg().none(), nb::arg().none())
      .def(
          "add_image",
          [](SummaryWriter& w, std::string_view tag, const Tensor& x, Step step, Time time,
             const std::string& format) {
            w.add_image(tag, x, {step, time}, format);
          },
          nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg())
      .def(
          "add_audio",
          [](SummaryWriter& w, std::string_view tag, const Tensor& x, Step step, Time time,
             int64_t rate) {
            w.add_audio(tag, x, {step, time}, rate);
          },
          nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg())
      .def(
          "add_text",
          [](SummaryWriter& w, std::string_view tag, std::string_view text, Step step, Time time) {
            w.add_text(tag, text, {step, time});
          },
          nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none())
      .def(
          "add_tensor",
          [](SummaryWriter& w, std::string_view tag, const Tensor& x, Step step, Time time) {
            w.add_tensor(tag, x, {step, time});
          },
          nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none())
      .def(
          "add_pr_curve",
          [](SummaryWriter& w, std::string_view tag, const Tensor& labels,
             const Tensor& predictions, Step step, Time time, int64_t thresholds,
             const Tensor& weights) {
            w.add_pr_curve(tag, labels, predictions, {step, time}, thresholds, weights);
          },
          nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg(),
          nb::arg().none())
      .def(
          "add_pr_curve_raw",
          [](SummaryWriter& w, std::string_view tag, const Tensor& rows, Step step, Time time) {
            w.add_pr_curve_raw(tag, rows, {step, time});
          },
          nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none())
      .def(
          "add_mesh",
          [](SummaryWriter& w, std::string_view tag, const Tensor& vertices, const Tensor& colors,
             const Tensor& faces, const std::string& config, Step step, Time time) {
            w.add_mesh(tag, vertices, colors, faces, config, {step, time});
          },
          nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg(), nb::arg().none(),
          nb::arg().none())
      .def("add_custom_scalars",
           [](SummaryWriter& w,
              const std::vector<
                  std::tuple<std::string, std::string, bool, std::vector<std::string>>>& charts) {
             std::vector<io::CustomChart> out;
             for (auto& [category, title, margin, tags] : charts)
               out.push_back({category, title, margin, tags});
             w.add_custom_scalars(out);
           })
      .def(
          "add_hparams",
          [](SummaryWriter& w, const io::HParams& hparams, const io::NamedNumbers& metrics,
             const io::HParamDomains& domains, const std::string& run_name, Step step) {
            w.add_hparams(hparams, metrics, domains, run_name, {step, {}});
          },
          nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none())
      .def("add_embedding", &SummaryWriter::add_embedding, nb::arg(), nb::arg(), nb::arg().none(),
           nb::arg(), nb::arg())
      .def("add_graph_def",
           [](SummaryWriter& w, const nb::bytes& graph) { w.add_graph_def(view_of_bytes(graph)); })
      .def("flush", &SummaryWriter::flush, nb::call_guard<nb::gil_scoped_release>())
      .def("close", &SummaryWriter::close, nb::call_guard<nb::gil_scoped_release>());
}

}  // namespace taeda::python
