// Trains an image classifier on digits, MNIST or Fashion-MNIST, and uses it.
//
//   train_images                                    # 8 x 8 digits, a few seconds
//   train_images --data fashion-mnist               # 28 x 28 clothes
//   train_images --data fashion-mnist --resume      # goes on after Ctrl-C
//   train_images --predict-index 7                  # shows a test picture and its class
//   train_images --predict picture.png              # classifies a file
//   train_images --evaluate runs/digits/checkpoint.safetensors
//
// A run has a folder (--run-dir) with checkpoint.safetensors, metrics.csv and the training curve.
// The same program in Python is ../python/train_images.py: for one seed both print the same losses,
// and each goes on with the other's checkpoints.
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <numbers>

#include "display.h"
#include "images.h"

namespace fs = std::filesystem;

namespace {

// ---- training ----

volatile std::sig_atomic_t stop = 0;
void interrupt(int) {  // a second Ctrl-C ends the program at once
  stop = 1;
  std::signal(SIGINT, SIG_DFL);
}

struct Options {
  std::string data;
  int64_t epochs, batch_size;
  double lr;
  uint64_t seed;
};

// A training run: model, optimizer, place in the data and the random stream.
class Run {
 public:
  Run(Options options, const Data& data)
      : options_(std::move(options)),
        data_(data),
        seeded_(taeda::manual_seed(options_.seed)),
        model_(data.height(), data.width(), int64_t(data.classes.size())),
        optimizer_(model_.parameters(), {.lr = options_.lr}),
        loader_(taeda::data::TensorDataset(data.train.pictures, data.train.labels),
                {.batch_size = options_.batch_size, .shuffle = true}) {
    Tensor pixels = data.train.pictures.to(taeda::DType::float32);
    model_.mean.copy_(pixels.mean());
    model_.std.copy_(pixels.std());
    epoch_random_ = random_state();
  }

  Net& model() { return model_; }
  int64_t epoch() const { return epoch_; }
  int64_t batch() const { return batch_; }
  const std::vector<Row>& rows() const { return rows_; }

  // All epochs that are left; false if it was stopped.
  bool train(const fs::path& folder) {
    Progress progress((options_.epochs - epoch_) * data_.train.size() - seen_);
    while (epoch_ < options_.epochs) {
      const double began = seconds();
      const int64_t before = seen_;
      const bool complete = train_epoch(progress);
      const double rate = double(seen_ - before) / (seconds() - began);
      progress.clear();
      if (!complete) return save(folder), false;
      auto [test_loss, test_accuracy] = evaluate(model_, data_.test);
      rows_.push_back({int(epoch_ + 1), loss_sum_ / double(seen_), double(correct_) / double(seen_),
                       test_loss, test_accuracy, rate});
      const Row& r = rows_.back();
      std::printf("epoch %d: train loss %.9g, accuracy %.4f; test loss %.9g, accuracy %.4f\n",
                  r.epoch, r.train_loss, r.train_accuracy, r.test_loss, r.test_accuracy);
      std::fflush(stdout);
      epoch_++;
      batch_ = seen_ = correct_ = 0;
      loss_sum_ = 0;
      epoch_random_ = random_state();
      save(folder);
      if (stop && epoch_ < options_.epochs) return false;
    }
    return true;
  }

  void load(const fs::path& folder) {
    Checkpoint from = read_checkpoint(folder / "checkpoint.safetensors");
    model_.load_state_dict(from.group("model."));
    // Options come from the optimizer as it is, its memory of the gradients from the file.
    taeda::optim::NamedTensors state;
    for (auto& [name, t] : optimizer_.state_dict())
      if (name.starts_with("param_groups.")) state.emplace_back(name, t);
    for (auto& [name, t] : from.group("optimizer.")) state.emplace_back("state." + name, t);
    optimizer_.load_state_dict(state);
    epoch_ = from.number("epoch"), batch_ = from.number("batch");
    seen_ = from.number("seen"), correct_ = from.number("correct");
    loss_sum_ = std::strtod(from.metadata.at("loss_sum").c_str(), nullptr);
    epoch_random_ = from.tensors.at("rng.epoch");
    set_random_state(from.tensors.at("rng.now"));
    std::ifstream file(folder / "metrics.csv");
    std::string line;
    std::getline(file, line);
    while (int64_t(rows_.size()) < epoch_ && std::getline(file, line)) {
      Row r;
      if (std::sscanf(line.c_str(), "%d,%lf,%lf,%lf,%lf,%lf", &r.epoch, &r.train_loss,
                      &r.train_accuracy, &r.test_loss, &r.test_accuracy, &r.images_per_s) == 6)
        rows_.push_back(r);
    }
  }

 private:
  // Trains to the end of the epoch; false if it was stopped before.
  bool train_epoch(Progress& progress) {
    model_.train();
    // The order of what is left is drawn again from where the epoch began.
    Tensor now = random_state();
    if (batch_ == 0) epoch_random_ = now;
    set_random_state(epoch_random_);
    auto at = loader_.begin();
    for (int64_t i = 0; i < batch_; i++) ++at;
    if (batch_ > 0) set_random_state(now);
    const int64_t count = loader_.size(), steps = options_.epochs * count;
    for (; at != loader_.end(); ++at) {
      auto& [x, y] = *at;
      const double part = double(epoch_ * count + batch_) / double(steps);
      optimizer_.lr(0) = options_.lr * 0.5 * (1 + std::cos(std::numbers::pi * part));
      optimizer_.zero_grad();
      Tensor scores = model_(x), loss = mean_loss_(scores, y);
      loss.backward();
      optimizer_.step();
      batch_++;
      seen_ += y.numel();
      loss_sum_ += loss.item<double>() * double(y.numel());
      correct_ += count_correct(scores, y);
      progress.update(int(epoch_ + 1), int(options_.epochs), double(batch_) / double(count),
                      loss_sum_ / double(seen_), double(correct_) / double(seen_), y.numel());
      if (stop && batch_ < count) return false;
    }
    return true;
  }

  void save(const fs::path& folder) {
    io::NamedTensors tensors;
    for (auto& [name, t] : model_.state_dict()) tensors.emplace_back("model." + name, t);
    for (auto& [name, t] : optimizer_.state_dict())
      if (name.starts_with("state.")) tensors.emplace_back("optimizer." + name.substr(6), t);
    tensors.emplace_back("rng.epoch", epoch_random_);
    tensors.emplace_back("rng.now", random_state());
    std::string classes;
    for (auto& name : data_.classes) classes += (classes.empty() ? "" : "|") + name;
    io::save_safetensors(folder / "checkpoint.safetensors", tensors,
                         io::Metadata{{"data", options_.data},
                                      {"epochs", std::to_string(options_.epochs)},
                                      {"batch_size", std::to_string(options_.batch_size)},
                                      {"lr", format("%.17g", options_.lr)},
                                      {"seed", std::to_string(options_.seed)},
                                      {"epoch", std::to_string(epoch_)},
                                      {"batch", std::to_string(batch_)},
                                      {"seen", std::to_string(seen_)},
                                      {"correct", std::to_string(correct_)},
                                      {"loss_sum", format("%.17g", loss_sum_)},
                                      {"height", std::to_string(data_.height())},
                                      {"width", std::to_string(data_.width())},
                                      {"max_value", std::to_string(data_.max_value)},
                                      {"classes", classes}});
    std::ofstream file(folder / "metrics.csv");
    file << "epoch,train_loss,train_accuracy,test_loss,test_accuracy,images_per_s\n";
    for (const Row& r : rows_)
      file << format("%d,%.9g,%.9g,%.9g,%.9g,%.9g\n", r.epoch, r.train_loss, r.train_accuracy,
                     r.test_loss, r.test_accuracy, r.images_per_s);
  }

  Options options_;
  const Data& data_;
  std::shared_ptr<taeda::Generator> seeded_;  // before the model draws its weights
  Net model_;
  nn::CrossEntropyLoss mean_loss_;
  taeda::optim::Adam optimizer_;
  taeda::data::DataLoader<taeda::data::TensorDataset<2>> loader_;
  int64_t epoch_ = 0, batch_ = 0;   // complete epochs, and batches done of the next one
  int64_t seen_ = 0, correct_ = 0;  // over these batches
  double loss_sum_ = 0;
  Tensor epoch_random_;  // where that epoch began
  std::vector<Row> rows_;
};

// ---- commands ----

using Arguments = std::map<std::string, std::string>;  // by name; flags have the value "yes"

const char usage[] =
    "usage: train_images [--data digits|mnist|fashion-mnist] [--data-root FOLDER] [--epochs N]\n"
    "    [--batch-size N] [--lr RATE] [--seed N] [--run-dir FOLDER] [--resume]\n"
    "    [--predict PICTURE.png] [--predict-index N] [--evaluate CHECKPOINT]\n";

Arguments parse(int argc, char** argv) {
  const std::vector<std::string> names{"data", "data-root", "epochs",  "batch-size",    "lr",
                                       "seed", "run-dir",   "predict", "predict-index", "evaluate"};
  Arguments out;
  for (int i = 1; i < argc; i++) {
    std::string name = argv[i];
    if (name == "--help" || name == "-h") throw Quit{usage, 0};
    bool known = name.starts_with("--") &&
                 (name == "--resume" ||
                  std::find(names.begin(), names.end(), name.substr(2)) != names.end());
    if (!known) throw Quit{std::string(usage) + "unknown option " + name, 2};
    if (name != "--resume" && i + 1 == argc)
      throw Quit{std::string(usage) + name + " wants a value", 2};
    out[name.substr(2)] = name == "--resume" ? "yes" : argv[++i];
  }
  out.emplace("data", "digits");
  if (out["data"] != "digits" && out["data"] != "mnist" && out["data"] != "fashion-mnist")
    throw Quit{
        std::string(usage) + "--data must be digits, mnist or fashion-mnist, not " + out["data"],
        2};
  out.emplace("run-dir", "runs/" + out["data"]);
  out.emplace("data-root", "");
  return out;
}

double number(const std::string& text, const std::string& option, bool whole) {
  char* end;
  double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end || (whole && value != std::floor(value)))
    throw Quit{std::string(usage) + "--" + option + " must be a number, not " + text, 2};
  return value;
}

// The run's options: the checkpoint's on --resume, else those given, else the defaults.
Options run_options(const Arguments& args, const fs::path& checkpoint) {
  const bool digits = args.at("data") == "digits";
  std::map<std::string, std::string> values{{"epochs", digits ? "20" : "3"},
                                            {"batch-size", digits ? "32" : "64"},
                                            {"lr", "0.002"},
                                            {"seed", "0"}};
  std::string data = args.at("data");
  if (args.contains("resume")) {
    if (!fs::exists(checkpoint))
      throw Quit{"nothing to resume: there is no " + checkpoint.string()};
    auto saved = read_checkpoint(checkpoint).metadata;
    data = saved.at("data");
    values = {{"epochs", saved.at("epochs")},
              {"batch-size", saved.at("batch_size")},
              {"lr", saved.at("lr")},
              {"seed", saved.at("seed")}};
  }
  for (auto& [option, value] : values)
    if (auto given = args.find(option); given != args.end()) {
      double v = number(given->second, option, option != "lr");
      if (option != "seed" && !(v > 0))
        throw Quit{format("--%s must be positive, not %s", option.c_str(), given->second.c_str()),
                   2};
      if (args.contains("resume") && v != number(value, option, false))
        throw Quit{format("this run has --%s %s; leave --%s out to resume it", option.c_str(),
                          value.c_str(), option.c_str())};
      value = given->second;
    }
  return {data, int64_t(number(values["epochs"], "epochs", true)),
          int64_t(number(values["batch-size"], "batch-size", true)),
          number(values["lr"], "lr", false), std::strtoull(values["seed"].c_str(), nullptr, 10)};
}

void train(const Arguments& args, const fs::path& checkpoint, const char* program) {
  Options options = run_options(args, checkpoint);
  Data data(options.data, args.at("data-root"));
  Run run(options, data);
  const fs::path folder = args.at("run-dir");
  fs::create_directories(folder);
  if (args.contains("resume")) run.load(folder);
  int64_t parameters = 0;
  for (auto& p : run.model().parameters()) parameters += p.numel();
  if (run.epoch() < options.epochs)
    std::printf("%s: %ld training and %ld test pictures, %ld parameters, epoch %ld of %ld\n",
                options.data.c_str(), data.train.size(), data.test.size(), parameters,
                run.epoch() + 1, options.epochs);
  else std::printf("the run in %s is complete\n", folder.c_str());
  std::signal(SIGINT, interrupt);
  if (!run.train(folder))
    throw Quit{
        format("\nstopped in epoch %ld after %ld batches; everything is saved.\n"
               "Go on with: %s --run-dir %s --resume%s%s",
               run.epoch() + 1, run.batch(), program, folder.c_str(),
               args.at("data-root").empty() ? "" : " --data-root ", args.at("data-root").c_str()),
        130};
  print_table(run.rows());
  std::printf("test accuracy %.4f\n", run.rows().back().test_accuracy);
  std::ofstream(folder / "curve.svg") << curve_svg(run.rows());
  std::printf("checkpoint %s, curve %s\n", checkpoint.c_str(), (folder / "curve.svg").c_str());
}

// Shows one picture and the probability of each class.
void predict(const Arguments& args, const fs::path& checkpoint) {
  Checkpoint from = read_checkpoint(checkpoint);
  const auto classes = split(from.metadata.at("classes"), '|');
  const int64_t height = from.number("height"), width = from.number("width");
  const int64_t max_value = from.number("max_value");
  Net model(height, width, int64_t(classes.size()));
  model.load_state_dict(from.group("model."));
  model.eval();
  Tensor pixels;
  int64_t label = -1;
  if (args.contains("predict")) {
    pixels =
        io::read_image(args.at("predict")).to(taeda::DType::float32) * (double(max_value) / 255);
    if (pixels.sizes() != taeda::Dims{height, width})
      pixels = taeda::adaptive_avg_pool2d(pixels.unsqueeze(0).unsqueeze(0),
                                          {.output_size = {height, width}})[0][0];
  } else {
    Data data(from.metadata.at("data"), args.at("data-root"));
    double n = number(args.at("predict-index"), "predict-index", true);
    if (n < 0 || n >= double(data.test.size()))
      throw Quit{format("--predict-index must be from 0 to %ld", data.test.size() - 1)};
    pixels = data.test.pictures[int64_t(n)].to(taeda::DType::float32);
    label = data.test.labels[int64_t(n)].item<int64_t>();
  }
  pixels = pixels.contiguous();
  print_picture(pixels.data<float>(), height, width, int(max_value));
  taeda::NoGradGuard no_grad;
  Tensor chances = model(pixels.unsqueeze(0)).softmax(1);
  const float* chance = chances.data<float>();
  const size_t best = size_t(std::max_element(chance, chance + classes.size()) - chance);
  if (label >= 0) std::printf("label: %s\n", classes[size_t(label)].c_str());
  std::printf("predicted: %s (%.1f%%)\n", classes[best].c_str(), 100 * double(chance[best]));
  print_chances(classes, chance);
}

void evaluate_checkpoint(const Arguments& args) {
  Checkpoint from = read_checkpoint(args.at("evaluate"));
  const std::string name = from.metadata.at("data");
  Data data(name, args.at("data-root"));
  Net model(data.height(), data.width(), int64_t(data.classes.size()));
  model.load_state_dict(from.group("model."));
  auto [loss, accuracy] = evaluate(model, data.test);
  std::printf("%s: test loss %.9g, accuracy %.4f\n", name.c_str(), loss, accuracy);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Arguments args = parse(argc, argv);
    const fs::path checkpoint = fs::path(args["run-dir"]) / "checkpoint.safetensors";
    if (args.contains("evaluate")) {
      evaluate_checkpoint(args);
    } else if (args.contains("predict") || args.contains("predict-index")) {
      if (!fs::exists(checkpoint)) throw Quit{"train first: there is no " + checkpoint.string()};
      predict(args, checkpoint);
    } else {
      train(args, checkpoint, argv[0]);
    }
  } catch (const Quit& quit) {
    std::fprintf(quit.code ? stderr : stdout, "%s\n", quit.text.c_str());
    return quit.code;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
