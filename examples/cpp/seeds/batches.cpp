// Data in batches: datasets, shuffling, a collate function of one's own, a training epoch.
#include "print.h"

using namespace taeda;
using namespace seeds;

struct Squares {
  int64_t size() const { return 10; }
  std::tuple<Tensor, Tensor, int64_t> get(int64_t i) const {
    return {tensor({double(i)}), tensor({double(i * i)}), i};
  }
};
struct Collate {
  auto operator()(std::vector<std::tuple<Tensor, Tensor, int64_t>> items) const {
    TensorList inputs, labels;
    for (auto& [x, y, i] : items) inputs.push_back(x), labels.push_back(y);
    return std::tuple{stack(inputs), stack(labels), int64_t(items.size())};
  }
};
struct Nested {
  int64_t size() const { return 2; }
  std::pair<int64_t, std::pair<double, std::string>> get(int64_t i) const {
    return i ? std::pair{4, std::pair{5.0, "right"}} : std::pair{1, std::pair{2.0, "left"}};
  }
};

double train_epoch(auto& criterion, auto& optimizer, auto& model, auto& loader) {
  double total_loss = 0;
  for (auto [inputs, labels, size] : loader) {
    optimizer.zero_grad();
    auto loss = criterion(model(inputs), labels) / size;
    loss.backward();
    optimizer.step();
    total_loss += loss.template item<double>();
  }
  return total_loss;
}

int main() {
  manual_seed(6);
  for (auto [x, y, n] : data::DataLoader(Squares(), {.batch_size = 4}))
    print(x.view(-1), y.sizes(), n);
  data::DataLoader loader(Squares(), {.batch_size = 4, .shuffle = true}, Collate());
  std::vector<std::vector<double>> orders;
  for (auto [x, y, n] : loader) orders.push_back(list(x));
  print(orders);

  nn::Linear model(1, 1);
  nn::MSELoss criterion;
  optim::SGD optimizer(model->parameters(), {.lr = 1e-3});
  for (int epoch = 0; epoch < 3; epoch++)
    print(epoch, train_epoch(criterion, optimizer, model, loader));

  data::TensorDataset pair(arange(6.0).view(3, 2), tensor({0, 1, 2}));
  TensorList labels;
  for (auto [x, y] : data::DataLoader(pair, {.batch_size = 2, .drop_last = true}))
    labels.push_back(y);
  print(pair.size(), pair.get(1), labels);
  data::DataLoader nested(Nested(), {.batch_size = 2});
  auto [a, rest] = *nested.begin();
  print(a, rest.first, rest.second);
  std::vector<int64_t> sizes;
  for (auto [x, y] : data::DataLoader(pair, {.batch_size = 2, .num_workers = 2}))
    sizes.push_back(x.size(0));
  print(sizes);
}
