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
template <class L> void add_batch_norm(const LayerMaker& make, const char* name, const char* doc) {
  PyTypeObject* type = make.add<L>(name, "_BatchNorm", "batchnorm", doc);
  static PyMethodDef reset = {"reset_running_stats", reset_stats<L>, METH_NOARGS,
                              "Mean 0, variance 1, no batches."};
  nb::handle(type_object(type)).attr("reset_running_stats") = nb::steal(method_of(type, &reset));
}

}  // namespace

void make_spatial_layers(const LayerMaker& make) {
  using namespace nn::layer;
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

  add_batch_norm<BatchNorm1d>(make, "BatchNorm1d",
                              "Normalises each channel of (N, C) or (N, C, L) over the batch.");
  add_batch_norm<BatchNorm2d>(make, "BatchNorm2d",
                              "Normalises each channel of (N, C, H, W) over the batch.");
  add_batch_norm<BatchNorm3d>(make, "BatchNorm3d",
                              "Normalises each channel of (N, C, D, H, W) over the batch.");
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
