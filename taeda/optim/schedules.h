// Formulas of learning rate schedules, once for C++ and Python. A schedule says the next rate from
// the present one, so that several may act on an optimizer and a rate changed by hand stays
// changed:
//
//   next(lr, base, at)   the rate to use from now on; lr is the present rate, base the initial one
//   closed(base, epoch)  where there is one: the rate at an epoch without what happened in between
//   check()              optional: refuses fields out of range
#pragma once
#include <cmath>
#include <string_view>
#include <vector>

#include "taeda/base/fields.h"

namespace taeda::optim::schedule {

// A number of epochs, whole or not. A class, so that integers and doubles alike may stand in
// braces.
struct Epochs {
  double count;
  template <class T>
  requires std::is_arithmetic_v<T>
  constexpr Epochs(T n) : count(double(n)) {}
  constexpr operator double() const { return count; }
};
inline std::string text(const Epochs& e) { return taeda::text(e.count); }

// Where a schedule stands.
struct At {
  double epoch;          // counted from 0
  bool initial = false;  // the call that sets the first rate
  bool resumed = false;  // the first call of a scheduler that began after epoch 0
};

// Times gamma every step_size epochs.
struct StepLR {
  static constexpr std::string_view name = "StepLR";
  Epochs step_size = 1;
  double gamma = 0.1;
  TAEDA_FIELDS(step_size, gamma)
  TAEDA_API void check() const;
  TAEDA_API double next(double lr, double base, At at) const;
  TAEDA_API double closed(double base, double epoch) const;
};

// Times gamma at each milestone; a milestone listed twice counts twice.
struct MultiStepLR {
  static constexpr std::string_view name = "MultiStepLR";
  std::vector<double> milestones = {};
  double gamma = 0.1;
  TAEDA_FIELDS(milestones, gamma)
  TAEDA_API double next(double lr, double base, At at) const;
  TAEDA_API double closed(double base, double epoch) const;
};

// Times factor until epoch total_iters.
struct ConstantLR {
  static constexpr std::string_view name = "ConstantLR";
  double factor = 1.0 / 3;
  Epochs total_iters = 5;
  TAEDA_FIELDS(factor, total_iters)
  TAEDA_API void check() const;
  TAEDA_API double next(double lr, double base, At at) const;
  TAEDA_API double closed(double base, double epoch) const;
};

// Times a factor that goes from start_factor to end_factor in equal steps over total_iters epochs.
struct LinearLR {
  static constexpr std::string_view name = "LinearLR";
  double start_factor = 1.0 / 3, end_factor = 1;
  Epochs total_iters = 5;
  TAEDA_FIELDS(start_factor, end_factor, total_iters)
  TAEDA_API void check() const;
  TAEDA_API double next(double lr, double base, At at) const;
  TAEDA_API double closed(double base, double epoch) const;
};

// Times gamma every epoch.
struct ExponentialLR {
  static constexpr std::string_view name = "ExponentialLR";
  double gamma = 0.1;
  TAEDA_FIELDS(gamma)
  TAEDA_API double next(double lr, double base, At at) const;
  TAEDA_API double closed(double base, double epoch) const;
};

// Times (1 - epoch / total_iters) ^ power; 0 from total_iters on.
struct PolynomialLR {
  static constexpr std::string_view name = "PolynomialLR";
  Epochs total_iters = 5;
  double power = 1;
  TAEDA_FIELDS(total_iters, power)
  TAEDA_API double next(double lr, double base, At at) const;
  TAEDA_API double closed(double base, double epoch) const;
};

// Half a cosine from the initial rate to eta_min over T_max epochs, then back (Loshchilov and
// Hutter 2017).
struct CosineAnnealingLR {
  static constexpr std::string_view name = "CosineAnnealingLR";
  Epochs T_max = 1;
  double eta_min = 0;
  TAEDA_FIELDS(T_max, eta_min)
  TAEDA_API void check() const;
  TAEDA_API double next(double lr, double base, At at) const;
  TAEDA_API double closed(double base, double epoch) const;
};

// ---- formulas of the cyclic schedulers ----

// From `start` to `end`, of which `part` (0 to 1) is done: along half a cosine, or straight.
TAEDA_API double anneal(bool cosine, double start, double end, double part);

// A place on the way through phases that end at `ends`: in which one, and how much of it is done.
struct Place {
  size_t phase;
  double part;
};
TAEDA_API Place place_in(const std::vector<double>& ends, double step);
// The last steps of OneCycleLR's phases: up, down and out, or up, and down far below.
TAEDA_API std::vector<double> one_cycle_ends(int64_t total_steps, double pct_start,
                                             bool three_phase);

// A step of CyclicLR: in which cycle, from 1, and how high in it, 0 to 1. A cycle has total_size
// steps, of which the part step_ratio goes up.
struct Turn {
  double cycle, height;
};
TAEDA_API Turn turn_at(double step, double total_size, double step_ratio);

// How much of SWALR's way is gone after so many steps.
TAEDA_API double swa_share(bool cosine, double step, double anneal_epochs);
// The next rate on that way: from lr to swa_lr.
TAEDA_API double swa_next(bool cosine, double lr, double swa_lr, double step, double anneal_epochs);

}  // namespace taeda::optim::schedule

// TAEDA_SCHEDULES(X): every schedule once.
#define TAEDA_SCHEDULES(X) \
  X(StepLR)                \
  X(MultiStepLR) X(ConstantLR) X(LinearLR) X(ExponentialLR) X(PolynomialLR) X(CosineAnnealingLR)
