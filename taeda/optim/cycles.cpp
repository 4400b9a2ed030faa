#include "taeda/optim/cycles.h"

#include <cmath>

namespace taeda::optim {

namespace {

// The bounds between which a scheduler moves the momentum, which begins with the greatest.
void begin_momentum(OptimizerBase& optimizer, const PerGroup& least, const PerGroup& most,
                    std::vector<double>& low, std::vector<double>& high) {
  size_t n = optimizer.group_count();
  low = least.spread("base_momentum", n), high = most.spread("max_momentum", n);
  for (size_t i = 0; i < n; i++) {
    double* momentum = optimizer.momentum(i);
    if (!momentum)
      fail<ValueError>(
          "optimizer must support momentum or beta1 with `cycle_momentum` option enabled");
    *momentum = high[i];
  }
}
void begin_rates(OptimizerBase& optimizer, const std::vector<double>& rates) {
  for (size_t i = 0; i < rates.size(); i++) optimizer.set_initial_lr(i, rates[i]);
  for (size_t i = 0; i < rates.size(); i++) optimizer.lr(i) = rates[i];
}

}  // namespace

std::vector<double> PerGroup::spread(const char* name, size_t n) const {
  if (one) return std::vector<double>(n, values[0]);
  if (values.size() != n)
    fail<ValueError>(name, " must have the same length as optimizer.param_groups. ", name, " has ",
                     values.size(), " values, param_groups has ", n, ".");
  return values;
}
void AnnealWords::fail(std::string_view word) {
  taeda::fail<ValueError>("anneal_strategy must be one of 'cos' or 'linear', instead got ", word);
}

// ---- CosineAnnealingWarmRestarts ----

CosineAnnealingWarmRestarts::CosineAnnealingWarmRestarts(OptimizerBase& optimizer, const Options& o)
    : Scheduler(optimizer), options_(o), period_(double(o.T_0)) {
  if (o.T_0 <= 0) fail<ValueError>("Expected positive integer T_0, but got ", o.T_0);
  if (o.T_mult < 1) fail<ValueError>("Expected integer T_mult >= 1, but got ", o.T_mult);
  now_ = 0;
  begin();
}
double CosineAnnealingWarmRestarts::next(size_t, double, double base, schedule::At) const {
  return schedule::CosineAnnealingLR{period_, options_.eta_min}.closed(base, now_);
}
void CosineAnnealingWarmRestarts::step() {
  if (last_epoch() < 0) return step(0.0);  // taken back by a scheduler that drives this one
  if (++now_ >= period_) now_ -= period_, period_ *= double(options_.T_mult);
  Scheduler::step();
}
void CosineAnnealingWarmRestarts::step(double epoch) {
  if (epoch < 0) fail<ValueError>("Expected non-negative epoch, but got ", epoch);
  double first = double(options_.T_0), q = double(options_.T_mult);
  now_ = epoch, period_ = first;
  if (epoch >= first && options_.T_mult == 1) {
    now_ = std::fmod(epoch, first);
  } else if (epoch >= first) {
    double periods = std::floor(std::log(epoch / first * (q - 1) + 1) / std::log(q));
    now_ = epoch - first * (std::pow(q, periods) - 1) / (q - 1);
    period_ = first * std::pow(q, periods);
  }
  set_epoch(int64_t(std::floor(epoch)));
  apply({epoch});
}
Scheduler::Saved CosineAnnealingWarmRestarts::state_dict() const {
  Saved saved = Scheduler::state_dict();
  saved.more = {now_, period_};
  return saved;
}
void CosineAnnealingWarmRestarts::load_state_dict(const Saved& saved) {
  if (saved.more.size() != 2) fail<ValueError>("the saved scheduler is of another kind");
  Scheduler::load_state_dict(saved);
  now_ = saved.more[0], period_ = saved.more[1];
}

// ---- CyclicLR ----

void CyclicLR::Mode::fail(std::string_view) {
  taeda::fail<ValueError>("mode is invalid and scale_fn is None");
}
CyclicLR::CyclicLR(OptimizerBase& optimizer, const Options& o) : Scheduler(optimizer), options_(o) {
  size_t n = groups();
  auto base_lrs = o.base_lr.spread("base_lr", n);
  max_lrs_ = o.max_lr.spread("max_lr", n);
  double up = double(o.step_size_up), down = double(o.step_size_down.value_or(o.step_size_up));
  total_size_ = up + down, step_ratio_ = up / total_size_;
  if (o.cycle_momentum) begin_momentum(optimizer, o.base_momentum, o.max_momentum, low_, high_);
  bases_ = base_lrs;
  begin_rates(optimizer, bases_);
  begin();
}
double CyclicLR::height(double step) const {
  auto [cycle, height] = schedule::turn_at(step, total_size_, step_ratio_);
  if (options_.scale_fn) return height * options_.scale_fn(options_.scale_by_step ? step : cycle);
  if (options_.mode.is("triangular2")) return height * (1 / std::pow(2.0, cycle - 1));
  return options_.mode.is("exp_range") ? height * std::pow(options_.gamma, step) : height;
}
double CyclicLR::next(size_t group, double, double base, schedule::At at) const {
  return base + (max_lrs_[group] - base) * height(at.epoch);
}
std::optional<double> CyclicLR::next_momentum(size_t group, schedule::At at) const {
  if (!options_.cycle_momentum) return {};
  return high_[group] - (high_[group] - low_[group]) * height(at.epoch);
}

// ---- OneCycleLR ----

OneCycleLR::OneCycleLR(OptimizerBase& optimizer, const Options& o)
    : Scheduler(optimizer), options_(o) {
  auto positive = [](const char* name, int64_t n) {
    if (n <= 0) fail<ValueError>("Expected positive integer ", name, ", but got ", n);
    return n;
  };
  if (o.total_steps) total_steps_ = positive("total_steps", *o.total_steps);
  else if (o.epochs && o.steps_per_epoch)
    total_steps_ = positive("epochs", *o.epochs) * positive("steps_per_epoch", *o.steps_per_epoch);
  else fail<ValueError>("You must define either total_steps OR (epochs AND steps_per_epoch)");
  if (!(o.pct_start >= 0 && o.pct_start <= 1))
    fail<ValueError>("Expected float between 0 and 1 pct_start, but got ", o.pct_start);
  ends_ = schedule::one_cycle_ends(total_steps_, o.pct_start, o.three_phase);
  max_lrs_ = o.max_lr.spread("max_lr", groups());
  if (o.cycle_momentum) begin_momentum(optimizer, o.base_momentum, o.max_momentum, low_, high_);
  for (size_t i = 0; i < groups(); i++) bases_[i] = max_lrs_[i] / o.div_factor;
  begin_rates(optimizer, bases_);
  begin();
}
schedule::Place OneCycleLR::place(schedule::At at) const {
  if (at.epoch > double(total_steps_))
    fail<ValueError>("Tried to step ", int64_t(at.epoch),
                     " times. The specified number of total steps is ", total_steps_);
  return schedule::place_in(ends_, at.epoch);
}
double OneCycleLR::next(size_t group, double, double base, schedule::At at) const {
  auto [phase, part] = place(at);
  double most = max_lrs_[group], last = base / options_.final_div_factor;
  double way[] = {base, most, options_.three_phase ? base : last, last};
  return schedule::anneal(options_.anneal_strategy.is("cos"), way[phase], way[phase + 1], part);
}
std::optional<double> OneCycleLR::next_momentum(size_t group, schedule::At at) const {
  if (!options_.cycle_momentum) return {};
  auto [phase, part] = place(at);
  double low = low_[group], high = high_[group], way[] = {high, low, high, high};
  return schedule::anneal(options_.anneal_strategy.is("cos"), way[phase], way[phase + 1], part);
}

// ---- SWALR ----

SWALR::SWALR(OptimizerBase& optimizer, const Options& o)
    : Scheduler(optimizer), options_(o), final_(o.swa_lr.spread("swa_lr", groups())) {
  if (o.anneal_epochs < 0)
    fail<ValueError>("anneal_epochs must be equal or greater than 0, got ", o.anneal_epochs);
  begin();
}
double SWALR::next(size_t group, double lr, double, schedule::At) const {
  return schedule::swa_next(options_.anneal_strategy.is("cos"), lr, final_[group],
                            double(count_ - 1), double(options_.anneal_epochs));
}

}  // namespace taeda::optim
