#include "taeda/optim/schedulers.h"

namespace taeda::optim {

Scheduler::~Scheduler() = default;

Scheduler::Scheduler(OptimizerBase& optimizer) : optimizer_(optimizer) {
  for (size_t i = 0; i < optimizer.group_count(); i++) bases_.push_back(optimizer.initial_lr(i));
}
void Scheduler::begin() {
  count_ = 1;
  apply({double(++epoch_), true, true});
}

void Scheduler::step() {
  if (count_ == 1 && optimizer_.steps() == 0)
    warn(
        "Detected call of `scheduler.step()` before `optimizer.step()`. Call them in the opposite "
        "order: otherwise the first value of the learning rate schedule is skipped.");
  bool resumed = ++count_ == 1;
  apply({double(++epoch_), false, resumed});
}
void Scheduler::restart() {
  epoch_ = 0;
  bool formula = closed(0, 0).has_value();
  if (!formula) return apply({0, false, count_ == 1});
  for (size_t i = 0; i < groups(); i++) optimizer_.lr(i) = *closed(bases_[i], 0);
}
void Scheduler::apply(schedule::At at) {
  if (groups() != optimizer_.group_count())
    fail<ValueError>("the optimizer has ", optimizer_.group_count(), " parameter groups, but had ",
                     groups(), " when its scheduler was made");
  std::vector<double> rates;
  std::vector<std::optional<double>> momenta;
  for (size_t i = 0; i < groups(); i++) {
    rates.push_back(next(i, optimizer_.lr(i), bases_[i], at));
    momenta.push_back(next_momentum(i, at));
  }
  for (size_t i = 0; i < groups(); i++) {
    optimizer_.lr(i) = rates[i];
    if (momenta[i]) *optimizer_.momentum(i) = *momenta[i];
  }
}
std::vector<double> Scheduler::get_last_lr() const {
  std::vector<double> out;
  for (size_t i = 0; i < optimizer_.group_count(); i++) out.push_back(optimizer_.lr(i));
  return out;
}
void Scheduler::load_state_dict(const Saved& saved) {
  if (saved.base_lrs.size() != bases_.size())
    fail<ValueError>("the saved scheduler had ", saved.base_lrs.size(),
                     " parameter groups, this one has ", bases_.size());
  epoch_ = saved.last_epoch, count_ = saved.step_count, bases_ = saved.base_lrs;
}

}  // namespace taeda::optim
