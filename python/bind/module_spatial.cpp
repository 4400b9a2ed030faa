// Convolutions, normalisation and pooling.
#include "module_layers.h"

namespace taeda::python {

namespace {

template <class L> PyObject* reset_stats(PyObject* o, PyObject*) {
  return guarded([&]() -> PyObject* {
    layer_cast<L>(o).reset_running_stats();
    Py_RETURN_NONE;
  });
}
// The Python type of a layer with statistics; `base` names its Python base.
template <class L>
void add_norm(const LayerMaker& make, const char* name, const char* base, const char* where,
              const char* doc) {
  PyTypeObject* type = make.add<L>(name, base, where, doc);
  static PyMethodDef reset = {"reset_running_stats", reset_stats<L>, METH_NOARGS,
                              "Mean 0, variance 1, no batches."};
  nb::handle(type_object(type)).attr("reset_running_stats") = nb::steal(method_of(type, &reset));
}
Tensor optional_tensor(nb::handle o) {
  Tensor t;
  if (!option_from(o.ptr(), t)) fail<TypeError>("expected a Tensor or None");
  return t;
}
// The steps of a layer's forward that Python may override, by layer.
template <int n>
bool convolve(Module& m, const Tensor& x, const Tensor& w, const Tensor& b, Tensor& out) {
  auto* conv = dynamic_cast<nn::layer::Conv<n>*>(&m);
  if (conv) out = conv->nn::layer::template Conv<n>::conv_forward(x, w, b);
  return conv;
}
Module& as_layer(nb::handle self) {
  if (!is_module(self.ptr())) fail<TypeError>("expected a Module");
  return module_of(self.ptr());
}

}  // namespace

void make_spatial_layers(const LayerMaker& make) {
  using namespace nn::layer;
  nb::module_ m = make.module;
  m.def(
      "conv_forward",
      [](nb::handle self, const Tensor& x, const Tensor& w, nb::handle bias) {
        Module& layer = as_layer(self);
        Tensor b = optional_tensor(bias), out;
        if (!convolve<1>(layer, x, w, b, out) && !convolve<2>(layer, x, w, b, out) &&
            !convolve<3>(layer, x, w, b, out))
          fail<TypeError>("_conv_forward() is for Conv1d, Conv2d and Conv3d");
        return out;
      },
      nb::arg("self"), nb::arg("input"), nb::arg("weight"), nb::arg("bias").none());
  m.def("check_norm_input", [](nb::handle self, const Tensor& x) {
    if (auto* norm = dynamic_cast<NormBase*>(&as_layer(self))) norm->check_input(x);
  });
  m.def("normalize", [](nb::handle self, const Tensor& x) {
    Module& layer = as_layer(self);
    if (auto* batch = dynamic_cast<BatchNormNd*>(&layer)) return batch->normalize(x);
    if (auto* instance = dynamic_cast<InstanceNormNd*>(&layer)) return instance->normalize(x);
    fail<TypeError>("not a layer of statistics");
  });
  make.add<Conv1d>("Conv1d", "_ConvNd", "conv", "Cross-correlation over (N, C, L) or (C, L).");
  make.add<Conv2d>("Conv2d", "_ConvNd", "conv",
                   "Cross-correlation over (N, C, H, W) or (C, H, W).\n\n"
                   "weight: (out_channels, in_channels / groups, *kernel_size). padding: sizes, "
                   "'same' or 'valid'.");
  make.add<Conv3d>("Conv3d", "_ConvNd", "conv",
                   "Cross-correlation over (N, C, D, H, W) or (C, D, H, W).");
  make.add<ConvTranspose1d>("ConvTranspose1d", "_ConvTransposeNd", "conv",
                            "The transpose of Conv1d.");
  make.add<ConvTranspose2d>("ConvTranspose2d", "_ConvTransposeNd", "conv",
                            "The transpose of Conv2d.");
  make.add<ConvTranspose3d>("ConvTranspose3d", "_ConvTransposeNd", "conv",
                            "The transpose of Conv3d.");

  LayerMaker below = make;
  add_norm<BatchNormNd>(make, "_BatchNorm", "_NormBase", "batchnorm",
                        "Normalises each channel over the batch; for subclasses.");
  add_norm<InstanceNormNd>(make, "_InstanceNorm", "_NormBase", "instancenorm",
                           "Normalises each channel of each sample; for subclasses.");
  for (const char* name : {"_BatchNorm", "_InstanceNorm"}) below.bases[name] = m.attr(name);
  const char *batch = "_BatchNorm", *instance = "_InstanceNorm";
  add_norm<BatchNorm1d>(below, "BatchNorm1d", batch, "batchnorm",
                        "Normalises each channel of (N, C) or (N, C, L) over the batch.");
  add_norm<BatchNorm2d>(below, "BatchNorm2d", batch, "batchnorm",
                        "Normalises each channel of (N, C, H, W) over the batch.");
  add_norm<BatchNorm3d>(below, "BatchNorm3d", batch, "batchnorm",
                        "Normalises each channel of (N, C, D, H, W) over the batch.");
  add_norm<InstanceNorm1d>(below, "InstanceNorm1d", instance, "instancenorm",
                           "Normalises each channel of each sample of (N, C, L) or (C, L).");
  add_norm<InstanceNorm2d>(below, "InstanceNorm2d", instance, "instancenorm",
                           "Normalises each channel of each sample of (N, C, H, W) or (C, H, W).");
  add_norm<InstanceNorm3d>(
      below, "InstanceNorm3d", instance, "instancenorm",
      "Normalises each channel of each sample of (N, C, D, H, W) or (C, D, H, W).");
  make.add<LocalResponseNorm>("LocalResponseNorm", "Module", "normalization",
                              "Divides by a power of the mean square over neighbouring channels.");
  make.add<LayerNorm>("LayerNorm", "Module", "normalization", "Normalises over the last axes.");
  make.add<RMSNorm>("RMSNorm", "Module", "normalization",
                    "Divides by the root mean square over the last axes.");
  make.add<GroupNorm>("GroupNorm", "Module", "normalization",
                      "Normalises over groups of channels.");

  make.add<MaxPool1d>("MaxPool1d", "_MaxPoolNd", "pooling", "Maxima over windows of (N, C, L).");
  make.add<MaxPool2d>("MaxPool2d", "_MaxPoolNd", "pooling", "Maxima over windows of (N, C, H, W).");
  make.add<MaxPool3d>("MaxPool3d", "_MaxPoolNd", "pooling",
                      "Maxima over windows of (N, C, D, H, W).");
  make.add<AvgPool1d>("AvgPool1d", "_AvgPoolNd", "pooling", "Means over windows of (N, C, L).");
  make.add<AvgPool2d>("AvgPool2d", "_AvgPoolNd", "pooling", "Means over windows of (N, C, H, W).");
  make.add<AvgPool3d>("AvgPool3d", "_AvgPoolNd", "pooling",
                      "Means over windows of (N, C, D, H, W).");
  make.add<AdaptiveAvgPool1d>("AdaptiveAvgPool1d", "_AdaptiveAvgPoolNd", "pooling",
                              "Means to a given size.");
  make.add<AdaptiveAvgPool2d>("AdaptiveAvgPool2d", "_AdaptiveAvgPoolNd", "pooling",
                              "Means to a given size.");
  make.add<AdaptiveAvgPool3d>("AdaptiveAvgPool3d", "_AdaptiveAvgPoolNd", "pooling",
                              "Means to a given size.");
  make.add<AdaptiveMaxPool1d>("AdaptiveMaxPool1d", "_AdaptiveMaxPoolNd", "pooling",
                              "Maxima to a given size.");
  make.add<AdaptiveMaxPool2d>("AdaptiveMaxPool2d", "_AdaptiveMaxPoolNd", "pooling",
                              "Maxima to a given size.");
  make.add<AdaptiveMaxPool3d>("AdaptiveMaxPool3d", "_AdaptiveMaxPoolNd", "pooling",
                              "Maxima to a given size.");
}

}  // namespace taeda::python
