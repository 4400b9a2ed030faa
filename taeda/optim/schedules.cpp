#include "taeda/optim/schedules.h"

namespace taeda::optim::schedule {

namespace {
constexpr double kPi = 3.14159265358979323846;
}  // namespace

void StepLR::check() const {
  if (step_size == 0) fail<ValueError>("StepLR: step_size must not be 0");
}
double StepLR::next(double lr, double, At at) const {
  return at.epoch == 0 || std::fmod(at.epoch, step_size) != 0 ? lr : lr * gamma;
}
double StepLR::closed(double base, double epoch) const {
  return base * std::pow(gamma, std::floor(epoch / step_size));
}

double MultiStepLR::next(double lr, double, At at) const {
  auto hits = std::count(milestones.begin(), milestones.end(), at.epoch);
  return hits ? lr * std::pow(gamma, hits) : lr;
}
double MultiStepLR::closed(double base, double epoch) const {
  auto passed =
      std::count_if(milestones.begin(), milestones.end(), [&](double m) { return m <= epoch; });
  return base * std::pow(gamma, passed);
}

void ConstantLR::check() const {
  if (factor > 1 || factor < 0)
    fail<ValueError>("Constant multiplicative factor expected to be between 0 and 1.");
}
double ConstantLR::next(double lr, double base, At at) const {
  if (at.epoch == 0) return lr * factor;
  if (at.epoch != total_iters) return lr;
  return factor == 0 ? base : lr * (1 / factor);  // what was multiplied by 0 cannot be scaled back
}
double ConstantLR::closed(double base, double epoch) const {
  return base * (factor + double(epoch >= total_iters) * (1 - factor));
}

void LinearLR::check() const {
  if (start_factor > 1 || start_factor <= 0)
    fail<ValueError>(
        "Starting multiplicative factor expected to be greater than 0 and less or equal to 1.");
  if (end_factor > 1 || end_factor < 0)
    fail<ValueError>("Ending multiplicative factor expected to be between 0 and 1.");
}
double LinearLR::next(double lr, double, At at) const {
  if (at.epoch == 0) return lr * start_factor;
  if (at.initial || at.epoch > total_iters) return lr;
  double rise = end_factor - start_factor;
  return lr * (1 + rise / (total_iters * start_factor + (at.epoch - 1) * rise));
}
double LinearLR::closed(double base, double epoch) const {
  double done = std::min<double>(total_iters, epoch);
  return base * (start_factor + (end_factor - start_factor) * done / total_iters);
}

double ExponentialLR::next(double lr, double, At at) const { return at.initial ? lr : lr * gamma; }
double ExponentialLR::closed(double base, double epoch) const {
  return base * std::pow(gamma, epoch);
}

double PolynomialLR::next(double lr, double, At at) const {
  if (at.initial || at.epoch > total_iters) return lr;
  double n = total_iters, now = at.epoch;
  return lr * std::pow((1 - now / n) / (1 - (now - 1) / n), power);
}
double PolynomialLR::closed(double base, double epoch) const {
  return base * std::pow(1 - std::min<double>(total_iters, epoch) / total_iters, power);
}

void CosineAnnealingLR::check() const {
  if (T_max == 0) fail<ValueError>("CosineAnnealingLR: T_max must not be 0");
}
double CosineAnnealingLR::next(double lr, double base, At at) const {
  if (at.initial) return lr;
  if (at.resumed && at.epoch > 0) return closed(base, at.epoch);
  double n = T_max, now = at.epoch;
  // The quotient below is 0 / 0 after the rate has reached eta_min.
  if (std::fmod(now - 1 - n, 2 * n) == 0)
    return lr + (base - eta_min) * (1 - std::cos(kPi / n)) / 2;
  return (1 + std::cos(kPi * now / n)) / (1 + std::cos(kPi * (now - 1) / n)) * (lr - eta_min) +
         eta_min;
}
double CosineAnnealingLR::closed(double base, double epoch) const {
  return eta_min + (base - eta_min) * (1 + std::cos(kPi * epoch / T_max)) / 2;
}

// ---- cyclic ----

double anneal(bool cosine, double start, double end, double part) {
  if (cosine) return end + (start - end) / 2 * (std::cos(kPi * part) + 1);
  return (end - start) * part + start;
}
Place place_in(const std::vector<double>& ends, double step) {
  size_t i = 0;
  while (i + 1 < ends.size() && step > ends[i]) i++;
  double start = i ? ends[i - 1] : 0;
  return {i, (step - start) / (ends[i] - start)};
}
std::vector<double> one_cycle_ends(int64_t total_steps, double pct_start, bool three_phase) {
  double n = double(total_steps), up = pct_start * n - 1;
  if (three_phase) return {up, 2 * pct_start * n - 2, n - 1};
  return {up, n - 1};
}
Turn turn_at(double step, double total_size, double step_ratio) {
  double turns = step / total_size, cycle = std::floor(1 + turns), x = 1 + turns - cycle;
  return {cycle, x <= step_ratio ? x / step_ratio : (x - 1) / (step_ratio - 1)};
}
double swa_share(bool cosine, double step, double anneal_epochs) {
  double t = std::clamp(step / std::max(1.0, anneal_epochs), 0.0, 1.0);
  return cosine ? (1 - std::cos(kPi * t)) / 2 : t;
}
double swa_next(bool cosine, double lr, double swa_lr, double step, double anneal_epochs) {
  if (anneal_epochs == 0) step = std::max(1.0, step);
  double before = swa_share(cosine, step - 1, anneal_epochs);
  double now = swa_share(cosine, step, anneal_epochs);
  double first = before == 1 ? lr : (lr - swa_lr * before) / (1 - before);
  return swa_lr * now + first * (1 - now);
}

}  // namespace taeda::optim::schedule
