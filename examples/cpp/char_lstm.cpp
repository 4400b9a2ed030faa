// A recurrent network (LSTM; Hochreiter and Schmidhuber 1997) learns a tale, and tells one.
//
//   char_lstm [--steps 600] [--batch-size 16] [--length 64] [--lr 0.005] [--seed 0]
//       [--prompt "The storm"] [--characters 400] [--temperature 0.5] [--text FILE]
//
// It guesses each next character from those before. ../python/char_lstm.py prints the same numbers
// and the same tale.
#include "options.h"
#include "text.h"

namespace nn = taeda::nn;
namespace F = taeda::nn::functional;
using taeda::Tensor;

// Characters [N, L] and a state -> scores of the next characters [N, L, alphabet], state.
struct CharLSTM : nn::Module {
  const int64_t alphabet, hidden;
  TAEDA_CHILD(embedding, nn::Embedding(alphabet, 32));
  TAEDA_CHILD(lstm, nn::LSTM({.input_size = 32, .hidden_size = hidden, .batch_first = true}));
  TAEDA_CHILD(head, nn::Linear(hidden, alphabet));

  explicit CharLSTM(int64_t alphabet, int64_t hidden = 128) : alphabet(alphabet), hidden(hidden) {}

  struct Result {
    Tensor scores;
    nn::TensorPair state;
  };
  using nn::Module::forward;
  Result forward(const Tensor& x, const nn::TensorPair& before) {
    auto [output, state] = lstm(embedding(x), before);
    return {head(output), state};
  }
};

int main(int argc, char** argv) {
  int64_t steps = 600, batch_size = 16, length = 64, seed = 0, characters = 400;
  double lr = 0.005, temperature = 0.5;
  std::string prompt = "The storm", file = TALE;
  parse_options(argc, argv, "A recurrent network learns a tale, and tells one.",
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
  CharLSTM model(int64_t(text.alphabet.size()));
  taeda::optim::Adam optimizer(model.parameters(), {.lr = lr});

  double loss_sum = 0;
  for (int64_t step = 1; step <= steps; step++) {
    auto [x, y] = text.batch(batch_size, length);
    auto scores = model.forward(x, {}).scores;
    auto loss = F::cross_entropy(scores.flatten(0, 1), y.flatten());
    optimizer.zero_grad();
    loss.backward();
    nn::utils::clip_grad_norm_(model.parameters(), 1.0);
    optimizer.step();
    loss_sum += loss.item<double>();
    if (step % 50 == 0 || step == steps) {
      std::printf("step %ld: loss %.9g\n", step, loss_sum / double(step % 50 ? step % 50 : 50));
      loss_sum = 0;
    }
  }

  taeda::NoGradGuard no_grad;
  auto told = text.encode(prompt);
  auto [scores, state] = model.forward(told.unsqueeze(0), {});
  for (int64_t i = 0; i < characters; i++) {
    auto chances = F::softmax(scores[0][-1] / temperature, 0);
    auto code = taeda::multinomial(chances, 1);
    told = taeda::cat({told, code});
    auto next = model.forward(code.unsqueeze(0), state);
    scores = next.scores, state = next.state;
  }
  std::printf("%s\n", text.decode(told).c_str());
}
