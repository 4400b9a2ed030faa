// A transformer that sees only what is behind (Radford et al. 2018) learns a tale, and tells one.
//
//   char_transformer [--steps 800] [--batch-size 16] [--length 64] [--lr 0.004] [--seed 0]
//       [--prompt "The storm"] [--characters 400] [--temperature 0.5] [--text FILE]
//
// It guesses each next character from those before. ../python/char_transformer.py prints the same
// numbers and the same tale.
#include "options.h"
#include "text.h"

namespace nn = taeda::nn;
namespace F = taeda::nn::functional;
using taeda::Tensor;

// Characters [N, L], L <= length -> scores of the next characters [N, L, alphabet].
struct CharTransformer : nn::Module {
  const int64_t alphabet, length, width = 96, heads = 4, layers = 3;
  TAEDA_CHILD(token, nn::Embedding(alphabet, width));
  TAEDA_CHILD(place, nn::Embedding(length, width));
  TAEDA_CHILD(blocks, nn::TransformerEncoder({.encoder_layer = nn::TransformerEncoderLayer(
                                                  {.d_model = width,
                                                   .nhead = heads,
                                                   .dim_feedforward = 4 * width,
                                                   .dropout = 0.0,
                                                   .activation = "gelu",
                                                   .batch_first = true,
                                                   .norm_first = true}),
                                              .num_layers = layers,
                                              .norm = nn::LayerNorm(width),
                                              .enable_nested_tensor = false}));
  TAEDA_CHILD(head, nn::Linear(width, alphabet));

  CharTransformer(int64_t alphabet, int64_t length) : alphabet(alphabet), length(length) {}

  Tensor forward(const Tensor& codes) override {
    const int64_t n = codes.size(1);
    auto x = token(codes) + place(taeda::arange(n));
    return head(blocks({.src = x, .mask = nn::square_subsequent_mask(n), .is_causal = true}));
  }
};

int main(int argc, char** argv) {
  int64_t steps = 800, batch_size = 16, length = 64, seed = 0, characters = 400;
  double lr = 0.004, temperature = 0.5;
  std::string prompt = "The storm", file = TALE;
  parse_options(argc, argv, "A transformer learns a tale, and tells one.",
                {{"steps", &steps},
                 {"batch-size", &batch_size},
                 {"length", &length},
                 {"lr", &lr},
                 {"seed", &seed},
                 {"prompt", &prompt},
                 {"characters", &characters},
                 {"temperature", &temperature},
                 {"text", &file}});

  taeda::manual_seed(seed);
  Text text(file);
  std::printf("%ld characters, %zu different ones\n", text.codes.size(0), text.alphabet.size());
  CharTransformer model(int64_t(text.alphabet.size()), length);
  taeda::optim::AdamW optimizer(model.parameters(), {.lr = lr});
  taeda::optim::CosineAnnealingLR scheduler(optimizer, steps);

  double loss_sum = 0;
  for (int64_t step = 1; step <= steps; step++) {
    auto [x, y] = text.batch(batch_size, length);
    auto loss = F::cross_entropy(model(x).flatten(0, 1), y.flatten());
    optimizer.zero_grad();
    loss.backward();
    nn::utils::clip_grad_norm_(model.parameters(), 1.0);
    optimizer.step();
    scheduler.step();
    loss_sum += loss.item<double>();
    if (step % 50 == 0 || step == steps) {
      std::printf("step %ld: loss %.9g\n", step, loss_sum / double(step % 50 ? step % 50 : 50));
      loss_sum = 0;
    }
  }

  model.eval();
  taeda::NoGradGuard no_grad;
  auto told = text.encode(prompt);
  for (int64_t i = 0; i < characters; i++) {
    const int64_t seen = std::min(told.size(0), length);
    auto scores = model(told.narrow(0, told.size(0) - seen, seen).unsqueeze(0))[0][-1];
    auto chances = F::softmax(scores / temperature, 0);
    told = taeda::cat({told, taeda::multinomial(chances, 1)});
  }
  std::printf("%s\n", text.decode(told).c_str());
}
