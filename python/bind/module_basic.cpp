// Layers without spatial axes, and the containers.
#include "module_layers.h"

namespace taeda::python {

void make_basic_layers(const LayerMaker& make) {
  using namespace nn::layer;
  make.add<Identity>("Identity", "Module", "linear",
                     "Its input. Arguments are accepted and ignored.");
  make.add<Linear>(
      "Linear", "Module", "linear",
      "input @ weight.T + bias: (*, in_features) to (*, out_features).\n\n"
      "weight (out_features, in_features) and bias (out_features) start uniform within "
      "+-1/sqrt(in_features).");
  make.add<Bilinear>("Bilinear", "Module", "linear",
                     "input1 @ weight[k] @ input2 + bias[k] for every output k.");
  make.add<Flatten>("Flatten", "Module", "flatten", "The axes start_dim to end_dim become one.");
  make.add<Unflatten>("Unflatten", "Module", "flatten", "One axis becomes several.");
  make.add<Embedding>("Embedding", "_EmbeddingBase", "sparse",
                      "Rows of a table (num_embeddings, embedding_dim) by index.\n\n"
                      "The row padding_idx gets no gradient and starts as zeros.");
  make.add<EmbeddingBag>("EmbeddingBag", "_EmbeddingBase", "sparse",
                         "The sum, mean or maximum of a table's rows in each bag of indices.");
  make.add<Dropout>("Dropout", "_DropoutNd", "dropout",
                    "In training, elements become 0 with probability p.");
  make.add<Dropout1d>("Dropout1d", "_DropoutNd", "dropout",
                      "In training, channels of (N, C, L) become 0.");
  make.add<Dropout2d>("Dropout2d", "_DropoutNd", "dropout",
                      "In training, channels of (N, C, H, W) become 0.");
  make.add<Dropout3d>("Dropout3d", "_DropoutNd", "dropout",
                      "In training, channels of (N, C, D, H, W) become 0.");
  make.add<AlphaDropout>("AlphaDropout", "_DropoutNd", "dropout",
                         "Dropout that keeps mean and variance after SELU.");
  make.add<FeatureAlphaDropout>("FeatureAlphaDropout", "_DropoutNd", "dropout",
                                "AlphaDropout of whole channels.");

  PyTypeObject* type =
      make.add<Sequential>("Sequential", "Module", "container", "Children in a row.");
  static PyMethodDef forward = {"forward", reinterpret_cast<PyCFunction>(slot(sequential_forward)),
                                METH_FASTCALL | METH_KEYWORDS, "The last child's result."};
  nb::handle(type_object(type)).attr("forward") = nb::steal(method_of(type, &forward));
  make.add<ModuleList>("ModuleList", "Module", "container", "A list of modules.");
  make.add<ModuleDict>("ModuleDict", "Module", "container", "Modules by name.");
}

}  // namespace taeda::python
