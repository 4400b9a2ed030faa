#include "taeda/optim/compound.h"

#include <limits>

namespace taeda::optim {

namespace {

void check_schedulers(std::string_view name, const char* what,
                      const std::vector<Scheduler*>& schedulers) {
  if (schedulers.empty())
    fail<ValueError>(name, " expects at least one scheduler", what, ", but got no scheduler.");
  for (size_t i = 0; i < schedulers.size(); i++)
    if (!schedulers[i]) fail<TypeError>(name, " at index ", i, " got no scheduler but null");
}
Scheduler& first_of(const std::vector<Scheduler*>& schedulers) {
  check_schedulers("ChainedScheduler", " to be chained", schedulers);
  return *schedulers[0];
}
[[noreturn]] void fail_other_optimizer(std::string_view name, size_t i) {
  fail<ValueError>(name,
                   " expects all schedulers to belong to the same optimizer, but the scheduler at "
                   "index ",
                   i, " has another.");
}
[[noreturn]] void fail_restart(std::string_view name) {
  fail<NotImplementedError>(name, " cannot begin again at a milestone of another scheduler");
}
std::vector<Scheduler::Saved> states_of(const std::vector<Scheduler*>& schedulers) {
  std::vector<Scheduler::Saved> out;
  for (Scheduler* s : schedulers) out.push_back(s->state_dict());
  return out;
}
void load_states(const std::vector<Scheduler*>& schedulers,
                 const std::vector<Scheduler::Saved>& saved) {
  if (saved.size() != schedulers.size())
    fail<ValueError>("the saved scheduler drove ", saved.size(), " others, this one ",
                     schedulers.size());
  for (size_t i = 0; i < saved.size(); i++) schedulers[i]->load_state_dict(saved[i]);
}

}  // namespace

// ---- SequentialLR ----

SequentialLR::SequentialLR(OptimizerBase& optimizer, std::vector<Scheduler*> schedulers,
                           std::vector<int64_t> milestones)
    : Scheduler(optimizer), schedulers_(std::move(schedulers)), milestones_(std::move(milestones)) {
  check_schedulers("SequentialLR", "", schedulers_);
  for (size_t i = 0; i < schedulers_.size(); i++)
    if (&schedulers_[i]->optimizer() != &optimizer) fail_other_optimizer("SequentialLR", i);
  if (milestones_.size() + 1 != schedulers_.size())
    fail<ValueError>(
        "Sequential Schedulers expects number of schedulers provided to be one more than the "
        "number "
        "of milestone points, but got number of schedulers ",
        schedulers_.size(), " and the number of milestones to be equal to ", milestones_.size());
  // The schedulers have all set the rate of epoch 0; only one of them is to have done so.
  set_epoch(0);
  for (size_t i = 0; i < groups(); i++) optimizer.lr(i) = bases_[i];
  undo();
  Scheduler& first = *schedulers_[current()];
  first.count_ = 0;
  first.begin();
}
size_t SequentialLR::current() const {
  return size_t(std::upper_bound(milestones_.begin(), milestones_.end(), last_epoch()) -
                milestones_.begin());
}
void SequentialLR::undo() {
  for (Scheduler* s : schedulers_) s->undo();
}
void SequentialLR::restart() { fail_restart("SequentialLR"); }
void SequentialLR::step() {
  set_epoch(last_epoch() + 1);
  size_t i = current();
  if (i > 0 && milestones_[i - 1] == last_epoch()) schedulers_[i]->restart();
  else schedulers_[i]->step();
}
Scheduler::Saved SequentialLR::state_dict() const {
  Saved saved = Scheduler::state_dict();
  saved.schedulers = states_of(schedulers_);
  return saved;
}
void SequentialLR::load_state_dict(const Saved& saved) {
  load_states(schedulers_, saved.schedulers);
  Scheduler::load_state_dict(saved);
}

// ---- ChainedScheduler ----

ChainedScheduler::ChainedScheduler(std::vector<Scheduler*> schedulers)
    : Scheduler(first_of(schedulers).optimizer()), schedulers_(std::move(schedulers)) {
  for (size_t i = 0; i < schedulers_.size(); i++)
    if (&schedulers_[i]->optimizer() != &optimizer()) fail_other_optimizer("ChainedScheduler", i);
}
void ChainedScheduler::undo() {
  for (Scheduler* s : schedulers_) s->undo();
}
void ChainedScheduler::restart() { fail_restart("ChainedScheduler"); }
void ChainedScheduler::step() {
  for (Scheduler* s : schedulers_) s->step();
}
Scheduler::Saved ChainedScheduler::state_dict() const {
  Saved saved = Scheduler::state_dict();
  saved.schedulers = states_of(schedulers_);
  return saved;
}
void ChainedScheduler::load_state_dict(const Saved& saved) {
  load_states(schedulers_, saved.schedulers);
  Scheduler::load_state_dict(saved);
}

// ---- ReduceLROnPlateau ----

void ReduceLROnPlateau::Mode::fail(std::string_view word) {
  taeda::fail<ValueError>("mode ", word, " is unknown!");
}
void ReduceLROnPlateau::ThresholdMode::fail(std::string_view word) {
  taeda::fail<ValueError>("threshold mode ", word, " is unknown!");
}
ReduceLROnPlateau::ReduceLROnPlateau(OptimizerBase& optimizer, const Options& o)
    : optimizer_(optimizer),
      options_(o),
      min_lrs_(o.min_lr.spread("min_lr", optimizer.group_count())) {
  if (o.factor >= 1) fail<ValueError>("Factor should be < 1.0.");
  double inf = std::numeric_limits<double>::infinity();
  state_.best = o.mode.is("min") ? inf : -inf;
}
bool ReduceLROnPlateau::improves(double metric) const {
  bool rises = options_.mode.is("max");
  double margin = rises ? options_.threshold : -options_.threshold, best = state_.best;
  double bar = options_.threshold_mode.is("rel") ? best * (1 + margin) : best + margin;
  return rises ? metric > bar : metric < bar;
}
void ReduceLROnPlateau::step(double metric) {
  state_.last_epoch++;
  if (improves(metric)) state_.best = metric, state_.num_bad_epochs = 0;
  else state_.num_bad_epochs++;
  if (in_cooldown()) state_.cooldown_counter--, state_.num_bad_epochs = 0;
  if (state_.num_bad_epochs <= options_.patience) return;
  reduce();
  state_.cooldown_counter = options_.cooldown;
  state_.num_bad_epochs = 0;
}
void ReduceLROnPlateau::reduce() {
  size_t n = optimizer_.group_count();
  if (n != min_lrs_.size()) min_lrs_ = options_.min_lr.spread("min_lr", n);  // a group was added
  for (size_t i = 0; i < n; i++) {
    double before = optimizer_.lr(i), after = std::max(before * options_.factor, min_lrs_[i]);
    if (before - after > options_.eps) optimizer_.lr(i) = after;
  }
}
std::vector<double> ReduceLROnPlateau::get_last_lr() const {
  std::vector<double> out;
  for (size_t i = 0; i < optimizer_.group_count(); i++) out.push_back(optimizer_.lr(i));
  return out;
}

}  // namespace taeda::optim
