#include "taeda/optim/schedulers.h"

namespace taeda::optim {

Scheduler::~Scheduler() = default;

Scheduler::Scheduler(OptimizerBase& optimizer) : optimizer_(optimizer) {
  for (size_t i = 0; i < optimizer.group_count(); i++) bases_.push_back(optimizer.lr(i));
}
void Scheduler::begin() { update(true); }

void Scheduler::step() {
  if (count_ == 1 && optimizer_.steps() == 0)
    warn(
        "Detected call of `scheduler.step()` before `optimizer.step()`. Call them in the opposite "
        "order: otherwise the first value of the learning rate schedule is skipped.");
  update(false);
}
void Scheduler::update(bool initial) {
  if (bases_.size() != optimizer_.group_count())
    fail<ValueError>("the optimizer has ", optimizer_.group_count(), " parameter groups, but had ",
                     bases_.size(), " when its scheduler was made");
  schedule::At at{double(epoch_ + 1), initial, count_ == 0};
  std::vector<double> rates;
  for (size_t i = 0; i < bases_.size(); i++)
    rates.push_back(next(i, optimizer_.lr(i), bases_[i], at));
  for (size_t i = 0; i < bases_.size(); i++) optimizer_.lr(i) = rates[i];
  epoch_++, count_++;
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
