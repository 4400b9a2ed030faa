// ONNX from C++: models written to a file and read back, what the file says, and what is refused.
#include <gtest/gtest.h>
#include <taeda/taeda.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

using namespace taeda;

namespace {

std::string place(const char* name) {
  return (std::filesystem::path(testing::TempDir()) / name).string();
}
template <class E, class F> std::string message(F f) {
  try {
    f();
  } catch (const E& e) { return e.what(); }
  return "nothing was thrown";
}

// Exports, reads the file and runs it: on the inputs, and on twice the batch.
onnx::Exported check(nn::Module& model, const Tensor& input, const onnx::ExportOptions& o = {}) {
  std::string path = place("checked.onnx");
  bool before = model.is_training();
  onnx::Exported exported = onnx::export_model(model, {input}, path, o);
  EXPECT_EQ(model.is_training(), before);
  EXPECT_LT(exported.max_difference, 1e-4) << model.type_name();
  EXPECT_EQ(std::filesystem::file_size(path), exported.bytes.size());
  onnx::Session session(path);
  model.eval();
  NoGradGuard raw;
  for (const Tensor& x : {input, cat({input * 0.5, input + 0.1}, 0)}) {
    TensorList out = session.run({x});
    EXPECT_EQ(out.size(), 1u);
    EXPECT_TRUE(allclose(out.at(0), model(x), 1e-4, 1e-5)) << model.type_name();
  }
  model.train(before);
  return exported;
}

TEST(OnnxExport, Layers) {
  manual_seed(0);
  nn::Sequential mlp{nn::Linear(4, 8), nn::GELU(),       nn::LayerNorm({8}),
                     nn::Dropout(0.5), nn::Linear(8, 3), nn::Softmax(1)};
  check(*mlp.get(), randn({2, 4}));
  nn::Conv2d conv({.in_channels = 3, .out_channels = 4, .kernel_size = 3, .padding = 1});
  nn::Sequential image{
      conv,          nn::BatchNorm2d(4), nn::ReLU(), nn::MaxPool2d(2), nn::AdaptiveAvgPool2d(1),
      nn::Flatten(), nn::Linear(4, 2)};
  image(randn({5, 3, 8, 8}));  // running statistics that are not the first ones
  check(*image.get(), randn({2, 3, 8, 8}));
  nn::TransformerEncoderLayer transformer(
      {.d_model = 4, .nhead = 2, .dim_feedforward = 8, .batch_first = true});
  check(*transformer.get(), randn({2, 5, 4}));
}

struct Recurrent : nn::Module {
  TAEDA_CHILD(lstm, nn::LSTM({.input_size = 3, .hidden_size = 4, .batch_first = true}));
  TAEDA_CHILD(out, nn::Linear(4, 2));
  Tensor forward(const Tensor& x) override {
    return out(lstm(x).output.data.index({Slice(), -1})).tanh() + 1;
  }
};

TEST(OnnxExport, AModuleOfOnesOwn) {
  manual_seed(0);
  Recurrent model;
  onnx::Exported exported =
      check(model, randn({2, 5, 3}), {.input_names = {"words"}, .output_names = {"score"}});
  const onnx::Graph& graph = exported.model.graph;
  EXPECT_EQ(graph.inputs.at(0).name, "words");
  EXPECT_EQ(graph.outputs.at(0).name, "score");
  EXPECT_EQ(graph.inputs[0].shape.at(0).name, "batch");
  EXPECT_EQ(graph.inputs[0].shape.at(1).value, 5);
  EXPECT_TRUE(exported.fixed_because.empty());
  EXPECT_TRUE(
      std::ranges::any_of(graph.initializers, [](const auto& i) { return i.first == "out.bias"; }));
  EXPECT_EQ(exported.model.opset, 18);
  EXPECT_NE(onnx::text(exported.model).find("Tanh"), std::string::npos);
}

TEST(OnnxExport, SeveralInputsAndOutputs) {
  nn::Bilinear model(2, 3, 4);
  auto forward = [&](const TensorList& in) {
    return TensorList{model(in[0], in[1]), in[0].sum(1)};
  };
  TensorList inputs{randn({2, 2}), randn({2, 3})};
  std::string path = place("two.onnx");
  onnx::export_model(*model.get(), forward, inputs, path,
                     {.dynamic_axes = {{{"input_0", {{0, "n"}}}, {"input_1", {{0, "n"}}}}}});
  onnx::Session session(path);
  NoGradGuard raw;
  TensorList more{randn({5, 2}), randn({5, 3})}, out = session.run(more);
  EXPECT_TRUE(allclose(out.at(0), forward(more)[0], 1e-4, 1e-5));
  EXPECT_TRUE(allclose(out.at(1), forward(more)[1], 1e-4, 1e-5));
}

struct Odd : nn::Module {
  Tensor forward(const Tensor& x) override { return x.logcumsumexp(1); }
};

TEST(OnnxExport, Refusals) {
  nn::Sequential model(nn::Linear(3, 3), nn::Sequential(nn::ReLU(), nn::Handle<Odd>()));
  std::string path = place("refused.onnx");
  std::filesystem::remove(path);  // of an earlier run
  EXPECT_NE(message<onnx::ExportError>([&] {
              onnx::export_model(*model.get(), {randn({2, 3})}, path);
            }).find("'logcumsumexp' in module '1.1'"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(path));

  nn::Linear linear(3, 4);
  onnx::export_model(*linear.get(), {randn({2, 3})}, path);
  onnx::Session session(path);
  EXPECT_NE(message<onnx::ExportError>([&] {
              session.run({randn({2, 4})});
            }).find("is torch.float32 of shape [batch, 3]"),
            std::string::npos);
  EXPECT_THROW(session.run({}), onnx::ExportError);
  EXPECT_THROW(onnx::Session(place("nothing.onnx")), Error);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_NE(message<Error>([&] { onnx::Session broken(path); }).find("refused.onnx"),
            std::string::npos);
}

}  // namespace
