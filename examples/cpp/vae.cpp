// A variational autoencoder (Kingma and Welling 2014) learns to draw digits.
//
//   vae [--epochs 60] [--batch-size 32] [--lr 0.002] [--latent 8] [--seed 0]
//
// At the end it shows test pictures, the same after encoding and decoding, and digits it has made
// up, and saves the latter as vae.png (--picture). ../python/vae.py prints the same numbers.
#include "digits.h"
#include "options.h"
#include "pictures.h"

namespace nn = taeda::nn;
namespace F = taeda::nn::functional;
using taeda::Tensor;

// Pictures [N, 64] -> pictures, and the mean and log variance of their code [N, latent].
struct VAE : nn::Module {
  const int64_t latent;
  TAEDA_CHILD(encoder, nn::Sequential{nn::Linear(64, 256), nn::ReLU()});
  TAEDA_CHILD(mean, nn::Linear(256, latent));
  TAEDA_CHILD(log_variance, nn::Linear(256, latent));
  TAEDA_CHILD(decoder, nn::Sequential{nn::Linear(latent, 256), nn::ReLU(), nn::Linear(256, 64),
                                      nn::Sigmoid()});

  explicit VAE(int64_t latent) : latent(latent) {}

  struct Code {
    Tensor mean, log_variance;
  };
  Code encode(const Tensor& pictures) {
    Tensor x = encoder(pictures);
    return {mean(x), log_variance(x)};
  }
  Tensor decode(const Code& code) {
    Tensor std = taeda::exp(0.5 * code.log_variance);
    return decoder(code.mean + std * taeda::randn_like(std));
  }
};

// Sum over the pictures: what the drawing misses, and what the code tells.
Tensor loss_of(VAE& model, const Tensor& pictures) {
  auto code = model.encode(pictures);
  auto drawn = model.decode(code);
  auto& [mean, log_variance] = code;
  auto missed = F::binary_cross_entropy(drawn, pictures, {.reduction = "sum"});
  auto told = -0.5 * (1 + log_variance - mean.pow(2) - log_variance.exp()).sum();
  return missed + told;
}

int main(int argc, char** argv) {
  int64_t epochs = 60, batch_size = 32, latent = 8, seed = 0;
  double lr = 0.002;
  std::string picture = "vae.png";
  parse_options(argc, argv, "A variational autoencoder learns to draw digits.",
                {{"epochs", &epochs},
                 {"batch-size", &batch_size},
                 {"lr", &lr},
                 {"latent", &latent},
                 {"seed", &seed},
                 {"picture", &picture}});

  taeda::manual_seed(seed);
  auto [train, test] = load_digits();
  auto train_pictures = train.pictures.flatten(1), test_pictures = test.pictures.flatten(1);
  taeda::data::DataLoader batches(taeda::data::TensorDataset{train_pictures},
                                  {.batch_size = batch_size, .shuffle = true});
  VAE model(latent);
  taeda::optim::Adam optimizer(model.parameters(), {.lr = lr});

  for (int64_t epoch = 1; epoch <= epochs; epoch++) {
    double loss_sum = 0;
    for (auto& [pictures] : batches) {
      auto loss = loss_of(model, pictures);
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      loss_sum += loss.item<double>();
    }
    taeda::NoGradGuard no_grad;
    double test_loss = loss_of(model, test_pictures).item<double>() / double(test_pictures.size(0));
    std::printf("epoch %ld: loss %.9g, test %.2f\n", epoch,
                loss_sum / double(train_pictures.size(0)), test_loss);
  }

  taeda::NoGradGuard no_grad;
  auto some = test_pictures.narrow(0, 0, 8);
  auto again = model.decoder(model.encode(some).mean);
  auto made_up = model.decoder(taeda::randn({64, latent})).view({-1, 8, 8});
  std::printf("test pictures:\n");
  print_pictures(some.view({-1, 8, 8}));
  std::printf("encoded and decoded:\n");
  print_pictures(again.view({-1, 8, 8}));
  std::printf("made up:\n");
  print_pictures(made_up.narrow(0, 0, 8));
  save_pictures(picture, made_up, 8);
  std::printf("more of them in %s\n", picture.c_str());
}
