// Schedulers that move the rate, and with it the momentum, in cycles. Call step() after each batch.
#pragma once
#include "taeda/optim/schedulers.h"

namespace taeda::optim {

// One number for all groups of an optimizer, or one for each: .max_lr = 0.1, .max_lr = {0.1, 0.2}.
struct PerGroup {
  std::vector<double> values;
  template <class T>
  requires std::is_arithmetic_v<T> PerGroup(T all) : values{double(all)}, one(true) {}
  PerGroup(std::initializer_list<double> each) : values(each) {}
  PerGroup(std::vector<double> each) : values(std::move(each)) {}
  // One for each of n groups; ValueError, with the option's name, if there is another number.
  TAEDA_API std::vector<double> spread(const char* name, size_t n) const;

 private:
  bool one = false;
};

// "cos" or "linear".
struct TAEDA_API AnnealWords {
  static constexpr std::string_view words[] = {"cos", "linear"};
  [[noreturn]] static void fail(std::string_view word);
};

// Half a cosine from the initial rate to eta_min over T_0 epochs, then again from the start, each
// period T_mult times as long as the one before (Loshchilov and Hutter 2017).
class TAEDA_API CosineAnnealingWarmRestarts final : public Scheduler {
 public:
  struct Options {
    int64_t T_0 = 0, T_mult = 1;
    double eta_min = 0;
  };
  CosineAnnealingWarmRestarts(OptimizerBase& optimizer, const Options& o);  // ValueError: T_0 < 1..
  void step() override;
  void step(double epoch);  // to this epoch, which may be a fraction
  Saved state_dict() const override;
  void load_state_dict(const Saved& saved) override;

 private:
  double next(size_t group, double lr, double base, schedule::At at) const override;
  Options options_;
  double now_ = -1, period_;
};

// From base_lr to max_lr and back, step by step, and the momentum against it (Smith 2017).
class TAEDA_API CyclicLR final : public Scheduler {
 public:
  struct TAEDA_API Mode {  // the same height always, half of it each cycle, times gamma ^ step
    static constexpr std::string_view words[] = {"triangular", "triangular2", "exp_range"};
    [[noreturn]] static void fail(std::string_view word);
  };
  struct Options {
    PerGroup base_lr = 0, max_lr = 0;
    int64_t step_size_up = 2000;
    std::optional<int64_t> step_size_down = {};  // as many as up
    Choice<Mode> mode = {};
    double gamma = 1;
    std::function<double(double)> scale_fn = nullptr;  // of the cycle, from 1, instead of a mode
    bool scale_by_step = false;                        // of the step (scale_mode="iterations")
    bool cycle_momentum = true;
    PerGroup base_momentum = 0.8, max_momentum = 0.9;
  };
  // ValueError: lists that do not fit the groups, a rule without momentum that is to be moved.
  CyclicLR(OptimizerBase& optimizer, const Options& o);

 private:
  double next(size_t group, double lr, double base, schedule::At at) const override;
  std::optional<double> next_momentum(size_t group, schedule::At at) const override;
  double height(double step) const;
  Options options_;
  std::vector<double> max_lrs_, low_, high_;
  double total_size_, step_ratio_;
};

// Up to max_lr, then down far below the initial rate, and the momentum against it (Smith 2018).
class TAEDA_API OneCycleLR final : public Scheduler {
 public:
  struct Options {
    PerGroup max_lr = 0;
    std::optional<int64_t> total_steps = {}, epochs = {}, steps_per_epoch = {};
    double pct_start = 0.3;  // the part in which the rate rises
    Choice<AnnealWords> anneal_strategy = {};
    bool cycle_momentum = true;
    PerGroup base_momentum = 0.85, max_momentum = 0.95;
    double div_factor = 25, final_div_factor = 1e4;  // max_lr / the initial rate; that / the last
    bool three_phase = false;                        // back to the initial rate before the end
  };
  // ValueError: neither total_steps nor epochs and steps_per_epoch, or values out of range; step():
  // after total_steps steps.
  OneCycleLR(OptimizerBase& optimizer, const Options& o);
  int64_t total_steps() const { return total_steps_; }

 private:
  double next(size_t group, double lr, double base, schedule::At at) const override;
  std::optional<double> next_momentum(size_t group, schedule::At at) const override;
  schedule::Place place(schedule::At at) const;
  Options options_;
  int64_t total_steps_;
  std::vector<double> max_lrs_, low_, high_, ends_;
};

// From the present rate to swa_lr, where it stays (Izmailov et al. 2018).
class TAEDA_API SWALR final : public Scheduler {
 public:
  struct Options {
    PerGroup swa_lr = 0;
    int64_t anneal_epochs = 10;
    Choice<AnnealWords> anneal_strategy = {};
  };
  SWALR(OptimizerBase& optimizer, const Options& o);

 private:
  double next(size_t group, double lr, double base, schedule::At at) const override;
  Options options_;
  std::vector<double> final_;
};

}  // namespace taeda::optim
