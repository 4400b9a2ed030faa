// Schedulers that drive others, or follow a measurement.
#pragma once
#include "taeda/optim/cycles.h"

namespace taeda::optim {

// Uses schedulers of one optimizer one after the other, from each of the epochs `milestones` the
// next:
//
//   optim::LinearLR warm_up(opt, {.start_factor = 0.1, .total_iters = 5});
//   optim::CosineAnnealingLR then(opt, {.T_max = 95});
//   optim::SequentialLR scheduler(opt, {&warm_up, &then}, {5});
//
// They must outlive it.
class TAEDA_API SequentialLR final : public Scheduler {
 public:
  // ValueError: no scheduler, one of another optimizer, not one milestone fewer than schedulers.
  SequentialLR(OptimizerBase& optimizer, std::vector<Scheduler*> schedulers,
               std::vector<int64_t> milestones);
  void step() override;
  Saved state_dict() const override;
  void load_state_dict(const Saved& saved) override;

 private:
  double next(size_t, double lr, double, schedule::At) const override { return lr; }
  void undo() override;
  void restart() override;
  size_t current() const;
  std::vector<Scheduler*> schedulers_;
  std::vector<int64_t> milestones_;
};

// Steps several schedulers of one optimizer at once. They must outlive it.
class TAEDA_API ChainedScheduler final : public Scheduler {
 public:
  explicit ChainedScheduler(std::vector<Scheduler*> schedulers);  // ValueError as above
  void step() override;
  Saved state_dict() const override;
  void load_state_dict(const Saved& saved) override;

 private:
  double next(size_t, double lr, double, schedule::At) const override { return lr; }
  void undo() override;
  void restart() override;
  std::vector<Scheduler*> schedulers_;
};

// Multiplies the rate by `factor` when a measurement has not improved for `patience` epochs.
class TAEDA_API ReduceLROnPlateau {
 public:
  struct TAEDA_API Mode {  // the measurement should fall, or rise
    static constexpr std::string_view words[] = {"min", "max"};
    [[noreturn]] static void fail(std::string_view word);
  };
  struct TAEDA_API ThresholdMode {  // an improvement is a part of the best, or a difference
    static constexpr std::string_view words[] = {"rel", "abs"};
    [[noreturn]] static void fail(std::string_view word);
  };
  struct Options {
    Choice<Mode> mode = {};
    double factor = 0.1;
    int64_t patience = 10;
    double threshold = 1e-4;
    Choice<ThresholdMode> threshold_mode = {};
    int64_t cooldown = 0;  // epochs after a reduction in which nothing is counted
    PerGroup min_lr = 0;
    double eps = 1e-8;  // smaller changes of the rate are not made
  };
  // ValueError: a factor of 1 or more, another number of min_lr than of groups.
  explicit ReduceLROnPlateau(OptimizerBase& optimizer, const Options& o);
  explicit ReduceLROnPlateau(OptimizerBase& optimizer) : ReduceLROnPlateau(optimizer, Options{}) {}

  // To the next epoch, with the measurement of this one.
  void step(double metric);
  void step(const Tensor& metric) { step(metric.item<double>()); }
  std::vector<double> get_last_lr() const;
  int64_t last_epoch() const { return state_.last_epoch; }
  double best() const { return state_.best; }
  int64_t num_bad_epochs() const { return state_.num_bad_epochs; }
  bool in_cooldown() const { return state_.cooldown_counter > 0; }

  struct Saved {
    double best = 0;
    int64_t num_bad_epochs = 0, cooldown_counter = 0, last_epoch = 0;
  };
  Saved state_dict() const { return state_; }
  void load_state_dict(const Saved& saved) { state_ = saved; }

 private:
  bool improves(double metric) const;
  void reduce();
  OptimizerBase& optimizer_;
  Options options_;
  std::vector<double> min_lrs_;
  Saved state_;
};

}  // namespace taeda::optim
