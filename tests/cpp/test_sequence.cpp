// Recurrent layers, attention, transformers and the losses of margins, from C++.
#include <gtest/gtest.h>

#include <cmath>

#include "taeda/taeda.h"

namespace {

using namespace taeda;

std::vector<std::string> keys(nn::Module& m) {
  std::vector<std::string> out;
  for (auto& [name, t] : m.state_dict()) out.push_back(name);
  return out;
}
bool near(const Tensor& x, const Tensor& y) {
  return x.sizes() == y.sizes() && (x - y).abs().max().item<double>() < 1e-5;
}

TEST(Recurrent, LstmIsItsCellStepByStep) {
  manual_seed(0);
  nn::LSTM lstm({.input_size = 3, .hidden_size = 4});
  nn::LSTMCell cell({.input_size = 3, .hidden_size = 4});
  EXPECT_EQ(keys(*lstm),
            (std::vector<std::string>{"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"}));
  auto state = lstm->state_dict();
  for (auto& [name, t] : state) name = name.substr(0, name.size() - 3);
  cell->load_state_dict(state);
  Tensor x = randn({5, 2, 3});
  auto [output, last] = lstm(x);
  nn::TensorPair hc;
  for (int64_t t = 0; t < 5; t++) {
    hc = cell({.input = x[t], .hx = hc});
    EXPECT_TRUE(near(output.data[t], hc.first));
  }
  EXPECT_TRUE(near(last.first[0], hc.first));
  EXPECT_TRUE(near(last.second[0], hc.second));
}

TEST(Recurrent, LayersDirectionsAndProjections) {
  nn::GRU gru({.input_size = 3, .hidden_size = 4, .num_layers = 2, .bidirectional = true});
  auto [output, h] = gru(randn({5, 2, 3}));
  EXPECT_EQ(output.data.sizes(), (Dims{5, 2, 8}));
  EXPECT_EQ(h.sizes(), (Dims{4, 2, 4}));
  nn::LSTM lstm({.input_size = 3, .hidden_size = 4, .batch_first = true, .proj_size = 2});
  auto [y, state] = lstm(randn({2, 5, 3}));
  EXPECT_EQ(y.data.sizes(), (Dims{2, 5, 2}));
  EXPECT_EQ(state.second.sizes(), (Dims{1, 2, 4}));
  EXPECT_THROW(nn::RNN({.input_size = 3, .hidden_size = 4, .nonlinearity = "sin"}), ValueError);
  EXPECT_THROW(gru(randn({5, 2, 7})), Error);
}

TEST(Attention, WeightsAreDistributions) {
  manual_seed(0);
  nn::MultiheadAttention attention({.embed_dim = 8, .num_heads = 2});
  EXPECT_EQ(keys(*attention), (std::vector<std::string>{"in_proj_weight", "in_proj_bias",
                                                        "out_proj.weight", "out_proj.bias"}));
  Tensor x = randn({4, 3, 8});
  auto [output, weights] = attention(x, x, x);
  EXPECT_EQ(output.sizes(), x.sizes());
  EXPECT_EQ(weights.sizes(), (Dims{3, 4, 4}));
  EXPECT_TRUE(near(weights.sum({.dim = Dims{2}}), ones({3, 4})));
  Tensor mask = nn::square_subsequent_mask(4);
  auto hidden = attention({.query = x, .key = x, .value = x, .attn_mask = mask});
  EXPECT_EQ(hidden.weights[0][0][1].item<float>(), 0);
}

TEST(Transformer, StacksAreCopies) {
  manual_seed(0);
  nn::TransformerEncoderLayer layer({.d_model = 8, .nhead = 2, .dim_feedforward = 16});
  nn::TransformerEncoder encoder({.encoder_layer = layer, .num_layers = 2});
  encoder->eval();
  layer->eval();
  Tensor x = randn({4, 3, 8});
  EXPECT_TRUE(near(encoder(x), layer(layer(x))));
  EXPECT_EQ(encoder->parameters().size(), 2 * layer->parameters().size());
  EXPECT_FALSE(encoder->parameters()[0].is(layer->parameters()[0]));
  encoder(x).sum().backward();
  EXPECT_TRUE(encoder->parameters()[0].grad().defined());
  EXPECT_FALSE(layer->parameters()[0].grad().defined());
}

TEST(Transformer, EncodesAndDecodes) {
  manual_seed(0);
  nn::Transformer net({.d_model = 8,
                       .nhead = 2,
                       .num_encoder_layers = 1,
                       .num_decoder_layers = 2,
                       .dim_feedforward = 16,
                       .batch_first = true});
  Tensor out = net({.src = randn({2, 5, 8}),
                    .tgt = randn({2, 3, 8}),
                    .tgt_mask = nn::square_subsequent_mask(3)});
  EXPECT_EQ(out.sizes(), (Dims{2, 3, 8}));
  EXPECT_EQ(keys(*net)[0], "encoder.layers.0.self_attn.in_proj_weight");
  EXPECT_EQ(keys(*net).back(), "decoder.norm.bias");
}

TEST(Sequences, PaddedAndPacked) {
  namespace rnn = nn::utils::rnn;
  auto sequence = [](int64_t n) { return arange(double(n)).view(n, 1); };
  TensorList three{sequence(2), sequence(4), sequence(1)};
  Tensor padded = rnn::pad_sequence(three, true, -1);
  EXPECT_TRUE(padded.select(2, 0).equal(
      tensor({{0.0, 1.0, -1.0, -1.0}, {0.0, 1.0, 2.0, 3.0}, {0.0, -1.0, -1.0, -1.0}})));
  EXPECT_TRUE(rnn::pad_sequence(three, true, 0, "left")[2].select(1, 0).equal(
      tensor({0.0, 0.0, 0.0, 0.0})));
  EXPECT_EQ(rnn::pad_sequence(three).sizes(), (Dims{4, 3, 1}));
  EXPECT_TRUE(rnn::unpad_sequence(padded, tensor({2, 4, 1}), true)[1].equal(three[1]));

  nn::Sequence packed = rnn::pack_padded_sequence(padded, tensor({2, 4, 1}), true, false);
  EXPECT_TRUE(packed.batch_sizes.equal(tensor({3, 2, 1, 1})));
  EXPECT_TRUE(packed.sorted_indices.equal(tensor({1, 0, 2})));
  EXPECT_TRUE(packed.data.view(-1).equal(tensor({0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 3.0})));
  auto [back, lengths] = rnn::pad_packed_sequence(packed, true, -1);
  EXPECT_TRUE(back.equal(padded));
  EXPECT_TRUE(lengths.equal(tensor({2, 4, 1})));
  EXPECT_EQ(rnn::pad_packed_sequence(packed, false, 0, 6).data.sizes(), (Dims{6, 3, 1}));
  TensorList again = rnn::unpack_sequence(rnn::pack_sequence(three, false));
  for (size_t i = 0; i < 3; i++) EXPECT_TRUE(again[i].equal(three[i]));
  EXPECT_TRUE(rnn::invert_permutation(tensor({2, 0, 1})).equal(tensor({1, 2, 0})));

  EXPECT_THROW(rnn::pack_padded_sequence(padded, tensor({2, 4, 1}), true), Error);
  EXPECT_THROW(rnn::pack_padded_sequence(padded, tensor({4, 2, 0}), true), Error);
  EXPECT_THROW(rnn::pack_padded_sequence(padded, tensor({4, 2}), true), Error);
  EXPECT_THROW(rnn::pad_packed_sequence(packed, true, 0, 3), ValueError);
  EXPECT_THROW(rnn::pad_packed_sequence(padded), TypeError);
  EXPECT_THROW(rnn::pad_sequence({}), Error);
  EXPECT_THROW(rnn::pad_sequence(three, true, 0, "up"), Error);

  // Each sequence by itself gives what all give packed together.
  manual_seed(0);
  nn::GRU gru(1, 3);
  auto [out, last] = gru(packed);
  auto [outs, n] = rnn::pad_packed_sequence(out, true);
  for (int64_t i = 0; i < 3; i++) {
    Tensor alone = gru(three[size_t(i)]).output.data;
    EXPECT_TRUE(near(outs[i].narrow(0, 0, alone.size(0)), alone));
  }
}

TEST(Losses, InCpp) {
  Tensor a = ones({2, 3}), b = zeros({2, 3});
  EXPECT_NEAR(nn::TripletMarginLoss()(a, a, b).item<double>(), 0, 1e-4);
  EXPECT_NEAR(nn::PairwiseDistance()(a, b)[0].item<double>(), std::sqrt(3.0), 1e-5);
  EXPECT_NEAR(nn::GaussianNLLLoss()(a, b, 1.0).item<double>(), 0.5, 1e-6);
  Tensor even = full({2, 1, 3}, -std::log(3.0));  // two steps, three classes
  // "1": the paths 1 1, 1 0 and 0 1 of nine.
  double loss = nn::CTCLoss({.reduction = "sum"})(even, full({1, 1}, 1, {.dtype = DType::int64}),
                                                  nn::TensorLike{2}, nn::TensorLike{1})
                    .item<double>();
  EXPECT_NEAR(loss, std::log(3.0), 1e-5);
}

TEST(Losses, OfALinearLayer) {
  manual_seed(3);
  nn::LinearCrossEntropyLoss loss({.in_features = 3,
                                   .num_classes = 4,
                                   .out_features = {2},
                                   .bias = true,
                                   .label_smoothing = 0.1});
  Tensor x = tensor({{0.5, -1.0, 2.0}, {1.0, 0.0, -0.5}}, {.requires_grad = true});
  Tensor value = loss(x, tensor({{0, 3}, {2, 1}}));
  value.backward();
  EXPECT_NEAR(value.item<float>(), 1.845908522605896, 1e-5);  // PyTorch's, with the same seed
  EXPECT_NEAR(x.grad().data<float>()[0], 0.27510225772857666, 1e-6);
  EXPECT_EQ(loss->linear->weight.sizes(), (Dims{8, 3}));
}

}  // namespace
