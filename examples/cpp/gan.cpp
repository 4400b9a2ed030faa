// A generative adversarial network of convolutions (Radford, Metz and Chintala 2016) draws digits.
//
//   gan [--epochs 60] [--batch-size 32] [--lr 0.001] [--noise 32] [--seed 0]
//
// One network draws, the other tells drawings from real pictures, and each learns from the other.
// At the end it shows some drawings and saves more as gan.png (--picture). ../python/gan.py prints
// the same numbers.
#include "digits.h"
#include "options.h"
#include "pictures.h"

namespace nn = taeda::nn;
namespace F = taeda::nn::functional;
using taeda::Tensor;

// Noise [N, noise, 1, 1] -> pictures [N, 1, 8, 8].
nn::Sequential make_generator(int64_t noise) {
  auto enlarge = [](int64_t in, int64_t out, bool bias) {
    return nn::ConvTranspose2d({.in_channels = in,
                                .out_channels = out,
                                .kernel_size = 4,
                                .stride = 2,
                                .padding = 1,
                                .bias = bias});
  };
  return nn::Sequential{
      nn::ConvTranspose2d(
          {.in_channels = noise, .out_channels = 64, .kernel_size = 2, .bias = false}),
      nn::BatchNorm2d(64),
      nn::ReLU(),
      enlarge(64, 32, false),
      nn::BatchNorm2d(32),
      nn::ReLU(),
      enlarge(32, 1, true),
      nn::Sigmoid()};
}

// Pictures [N, 1, 8, 8] -> scores [N, 1], high for what looks real.
nn::Sequential make_discriminator() {
  auto shrink = [](int64_t in, int64_t out, bool bias) {
    return nn::Conv2d({.in_channels = in,
                       .out_channels = out,
                       .kernel_size = 4,
                       .stride = 2,
                       .padding = 1,
                       .bias = bias});
  };
  return nn::Sequential{shrink(1, 32, true),      nn::LeakyReLU(0.2), shrink(32, 64, false),
                        nn::BatchNorm2d(64),      nn::LeakyReLU(0.2), nn::Flatten(),
                        nn::Linear(64 * 2 * 2, 1)};
}

// The start that the paper found to work.
void init_weights(nn::Module& module) {
  if (auto* conv = module.as<nn::Conv2d>()) nn::init::normal_(conv->weight, 0.0, 0.02);
  if (auto* conv = module.as<nn::ConvTranspose2d>()) nn::init::normal_(conv->weight, 0.0, 0.02);
  if (auto* norm = module.as<nn::BatchNorm2d>()) nn::init::normal_(norm->weight, 1.0, 0.02);
}

// The loss of scores that should say `real`, 1 or 0.
Tensor judged(const Tensor& scores, double real) {
  return F::binary_cross_entropy_with_logits(scores, taeda::full_like(scores, real));
}

int main(int argc, char** argv) {
  int64_t epochs = 60, batch_size = 32, noise = 32, seed = 0;
  double lr = 0.001;
  std::string picture = "gan.png";
  parse_options(argc, argv, "A generative adversarial network draws digits.",
                {{"epochs", &epochs},
                 {"batch-size", &batch_size},
                 {"lr", &lr},
                 {"noise", &noise},
                 {"seed", &seed},
                 {"picture", &picture}});

  taeda::manual_seed(seed);
  auto train = load_digits().first;
  taeda::data::DataLoader batches(taeda::data::TensorDataset(train.pictures),
                                  {.batch_size = batch_size, .shuffle = true});
  auto generator = make_generator(noise), discriminator = make_discriminator();
  generator->apply(init_weights);
  discriminator->apply(init_weights);
  taeda::optim::Adam g_optimizer(generator->parameters(), {.lr = lr, .betas = {0.5, 0.999}});
  taeda::optim::Adam d_optimizer(discriminator->parameters(), {.lr = lr, .betas = {0.5, 0.999}});
  auto some_noise = taeda::randn({64, noise, 1, 1});  // what the pictures at the end are made of

  for (int64_t epoch = 1; epoch <= epochs; epoch++) {
    double g_sum = 0, d_sum = 0;
    for (auto& [pictures] : batches) {
      auto drawn = generator(taeda::randn({pictures.size(0), noise, 1, 1}));

      auto d_real = judged(discriminator(pictures), 1);
      auto d_drawn = judged(discriminator(drawn.detach()), 0);
      auto d_loss = d_real + d_drawn;
      d_optimizer.zero_grad();
      d_loss.backward();
      d_optimizer.step();

      auto g_loss = judged(discriminator(drawn), 1);
      g_optimizer.zero_grad();
      g_loss.backward();
      g_optimizer.step();
      g_sum += g_loss.item<double>(), d_sum += d_loss.item<double>();
    }
    const double n = double(batches.size());
    std::printf("epoch %ld: generator's loss %.9g, discriminator's %.9g\n", epoch, g_sum / n,
                d_sum / n);
  }

  generator->eval();
  taeda::NoGradGuard no_grad;
  auto drawn = generator(some_noise).squeeze(1);
  print_pictures(drawn.narrow(0, 0, 8));
  print_pictures(drawn.narrow(0, 8, 8));
  save_pictures(picture, drawn, 8);
  std::printf("more of them in %s\n", picture.c_str());
}
