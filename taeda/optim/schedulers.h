// Learning rate schedulers for C++:
//
//   optim::StepLR scheduler(opt, {.step_size = 30, .gamma = 0.1});
//   for (...) { train(); scheduler.step(); }
//
// A scheduler refers to its optimizer, which must outlive it. Made, it sets the rate of epoch 0.
#pragma once
#include <functional>

#include "taeda/optim/optimizer.h"
#include "taeda/optim/schedules.h"

namespace taeda::optim {

class TAEDA_API Scheduler {
 public:
  virtual ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // To the next epoch: sets the rate of every group. Warns if the optimizer has not stepped before.
  virtual void step();
  int64_t last_epoch() const { return epoch_; }
  std::vector<double> get_last_lr() const;  // the rates now, by group
  // The rates it began with: a group's own before any scheduler changed it.
  const std::vector<double>& base_lrs() const { return bases_; }

  // What a checkpoint keeps, and how a scheduler made anew continues from it. The optimizer's own
  // state_dict() holds the rates.
  struct Saved {
    int64_t last_epoch = 0, step_count = 0;
    std::vector<double> base_lrs = {};
    std::vector<double> more = {};       // what one kind of scheduler keeps besides
    std::vector<Saved> schedulers = {};  // of those that it drives
  };
  virtual Saved state_dict() const { return {epoch_, count_, bases_}; }
  virtual void load_state_dict(const Saved& saved);  // ValueError if the number of groups differs

 protected:
  explicit Scheduler(OptimizerBase& optimizer);
  void begin();  // to be called at the end of a constructor
  // The rate of a group from now on.
  virtual double next(size_t group, double lr, double base, schedule::At at) const = 0;
  // The same from the epoch alone, where there is such a formula.
  virtual std::optional<double> closed(double /*base*/, double /*epoch*/) const { return {}; }
  // The momentum of a group from now on, if the scheduler moves it.
  virtual std::optional<double> next_momentum(size_t /*group*/, schedule::At) const { return {}; }
  // Takes back the step that constructors made; and begins again at epoch 0.
  virtual void undo() { epoch_--; }
  virtual void restart();

  OptimizerBase& optimizer() const { return optimizer_; }
  size_t groups() const { return bases_.size(); }
  void apply(schedule::At at);  // next() of every group
  void set_epoch(int64_t epoch) { epoch_ = epoch; }

  std::vector<double> bases_;
  int64_t epoch_ = -1, count_ = 0;  // steps made, the constructor's too

 private:
  friend class SequentialLR;
  friend class ChainedScheduler;
  OptimizerBase& optimizer_;
};

// A scheduler with a formula of schedules.h.
template <class Schedule> class Scheduled final : public Scheduler {
 public:
  Scheduled(OptimizerBase& optimizer, const Schedule& schedule = {})
      : Scheduler(optimizer), schedule_(schedule) {
    if constexpr (requires { schedule.check(); }) schedule.check();
    begin();
  }
  // optim::StepLR(optimizer, 30, 0.1)
  template <class... A>
  requires InOrder<Schedule, A...> Scheduled(OptimizerBase& optimizer, A... a)
      : Scheduled(optimizer, in_order<Schedule>(std::move(a)...)) {}
  const Schedule& options() const { return schedule_; }

 private:
  double next(size_t, double lr, double base, schedule::At at) const override {
    return schedule_.next(lr, base, at);
  }
  std::optional<double> closed(double base, double epoch) const override {
    return schedule_.closed(base, epoch);
  }
  Schedule schedule_;
};

#define TAEDA_X(S) using S = Scheduled<schedule::S>;
TAEDA_SCHEDULES(TAEDA_X)
#undef TAEDA_X

// The initial rate times f(epoch).
class LambdaLR final : public Scheduler {
 public:
  LambdaLR(OptimizerBase& optimizer, std::function<double(int64_t)> f)
      : Scheduler(optimizer), f_(std::move(f)) {
    begin();
  }

 private:
  double next(size_t, double, double base, schedule::At at) const override {
    return base * f_(int64_t(at.epoch));
  }
  std::function<double(int64_t)> f_;
};

// The present rate times f(epoch).
class MultiplicativeLR final : public Scheduler {
 public:
  MultiplicativeLR(OptimizerBase& optimizer, std::function<double(int64_t)> f)
      : Scheduler(optimizer), f_(std::move(f)) {
    begin();
  }

 private:
  double next(size_t, double lr, double, schedule::At at) const override {
    return at.initial ? lr : lr * f_(int64_t(at.epoch));
  }
  std::function<double(int64_t)> f_;
};

}  // namespace taeda::optim
