// Layers that change sizes: padding, resampling, windows, the ways back from pooling.
#include "module_layers.h"

namespace taeda::python {

namespace {

PyObject* adaptive_output = nullptr;  // the named tuple (output, loss)

nn::layer::AdaptiveLogSoftmaxWithLoss& adaptive(nb::handle self) {
  return layer_cast<nn::layer::AdaptiveLogSoftmaxWithLoss>(self.ptr());
}

template <template <int> class L>
void add_by_rank(const LayerMaker& make, const char* name, const char* where, const char* doc) {
  make.add<L<1>>((std::string(name) + "1d").c_str(), "Module", where, doc);
  make.add<L<2>>((std::string(name) + "2d").c_str(), "Module", where, doc);
  make.add<L<3>>((std::string(name) + "3d").c_str(), "Module", where, doc);
}
template <nn::layer::Beyond edge>
void add_edge(const LayerMaker& make, const char* name, const char* const (&bases)[3],
              const char* doc) {
  using namespace nn::layer;
  make.add<EdgePad<1, edge>>((std::string(name) + "1d").c_str(), bases[0], "padding", doc);
  make.add<EdgePad<2, edge>>((std::string(name) + "2d").c_str(), bases[1], "padding", doc);
  make.add<EdgePad<3, edge>>((std::string(name) + "3d").c_str(), bases[2], "padding", doc);
}

}  // namespace

PyObject* option_to(const nn::AdaptiveResult& v) {
  return nb::handle(adaptive_output)(nb::steal(wrap(v.output)), nb::steal(wrap(v.loss)))
      .release()
      .ptr();
}
bool result_from(PyObject* o, nn::AdaptiveResult& to) {
  return PyTuple_Check(o) && PyTuple_GET_SIZE(o) == 2 &&
         result_from(PyTuple_GET_ITEM(o, 0), to.output) &&
         result_from(PyTuple_GET_ITEM(o, 1), to.loss);
}

void make_resizing_layers(const LayerMaker& make) {
  using namespace nn::layer;
  nb::module_ m = make.module;
  LayerMaker below = make;
  add_by_rank<ConstantPad>(make, "ConstantPad", "padding", "A constant at the ends of axes.");
  for (const char* name : {"ConstantPad1d", "ConstantPad2d", "ConstantPad3d"})
    below.bases[name] = m.attr(name);
  static constexpr const char* plain[] = {"Module", "Module", "Module"};
  add_edge<Beyond::zero>(below, "ZeroPad", {"ConstantPad1d", "ConstantPad2d", "ConstantPad3d"},
                         "Zeros at the ends of axes.");
  add_edge<Beyond::reflection>(make, "ReflectionPad", plain, "The elements mirrored at the edge.");
  add_edge<Beyond::replication>(make, "ReplicationPad", plain, "The edge's elements repeated.");
  add_edge<Beyond::circular>(make, "CircularPad", plain, "The elements of the other end.");

  const char* where = "upsampling";
  make.add<Upsample>("Upsample", "Module", where,
                     "The input at another size, or scaled; see functional.interpolate.");
  below.bases["Upsample"] = m.attr("Upsample");
  below.add<UpsamplingNearest2d>("UpsamplingNearest2d", "Upsample", where,
                                 "Upsample with mode 'nearest'.");
  below.add<UpsamplingBilinear2d>("UpsamplingBilinear2d", "Upsample", where,
                                  "Upsample with mode 'bilinear' and aligned corners.");
  make.add<PixelShuffle>("PixelShuffle", "Module", "pixelshuffle",
                         "(*, C * r^2, H, W) to (*, C, H * r, W * r), r = upscale_factor.");
  make.add<PixelUnshuffle>("PixelUnshuffle", "Module", "pixelshuffle",
                           "(*, C, H * r, W * r) to (*, C * r^2, H, W), r = downscale_factor.");
  make.add<ChannelShuffle>("ChannelShuffle", "Module", "channelshuffle",
                           "The channels of (N, C, *), taken in turn from each group.");
  make.add<Unfold>("Unfold", "Module", "fold",
                   "The windows of images (N, C, H, W) as columns (N, C * elements, windows).");
  make.add<Fold>("Fold", "Module", "fold",
                 "Images of columns: each element is the sum of its places in them.");
  add_by_rank<LPPool>(make, "LPPool", "pooling", "The norms of order norm_type of windows.");
  add_by_rank<MaxUnpool>(make, "MaxUnpool", "pooling",
                         "Zeros, and the input where MaxPool found it.");
  make.add<FractionalMaxPool2d>("FractionalMaxPool2d", "Module", "pooling",
                                "The largest elements of windows at random.");
  make.add<FractionalMaxPool3d>("FractionalMaxPool3d", "Module", "pooling",
                                "The largest elements of windows at random.");
  m.def(
      "fractional_max_pool",
      [](const Tensor& x, size_t axes, nb::handle kernel, nb::handle size, nb::handle ratio,
         nb::handle samples) {
        nn::Sizes k, s;
        nn::Factors r;
        Tensor drawn;
        if (!option_from(kernel.ptr(), k) || !option_from(size.ptr(), s) ||
            !option_from(ratio.ptr(), r) || !option_from(samples.ptr(), drawn))
          fail<TypeError>("fractional_max_pool", axes, "d(): wrong types of arguments");
        auto [values, places] = fractional_max_pool(x, axes, k, s, r, drawn);
        return nb::make_tuple(nb::steal(wrap(values)), nb::steal(wrap(places)));
      },
      nb::arg("input"), nb::arg("axes"), nb::arg("kernel").none(), nb::arg("size").none(),
      nb::arg("ratio").none(), nb::arg("samples").none());

  make.add<AdaptiveLogSoftmaxWithLoss>(
      "AdaptiveLogSoftmaxWithLoss", "Module", "adaptive",
      "A softmax over many classes whose rare ones share smaller matrices.\n\n"
      "Gives the log-probability of each sample's target, and minus their mean.");
  m.def("set_adaptive_output",
        [](nb::handle cls) { adaptive_output = nb::object(nb::borrow(cls)).release().ptr(); });
  m.def("adaptive_log_prob",
        [](nb::handle self, const Tensor& x) { return adaptive(self).log_prob(x); });
  m.def("adaptive_predict",
        [](nb::handle self, const Tensor& x) { return adaptive(self).predict(x); });
  m.def("adaptive_reset", [](nb::handle self) { adaptive(self).reset_children(); });
}

}  // namespace taeda::python
