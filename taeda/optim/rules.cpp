#include "taeda/optim/rules.h"

namespace taeda::optim::rule {

using detail::check_betas, detail::check_positive, detail::check_rate;

namespace {
void check_epsilon(const double& eps, const Show& show) {
  if (!(eps >= 0)) fail<ValueError>("Invalid epsilon value: ", show(eps));
}
// What Adam and its relatives have in common.
template <class Options> void check_adam(const Options& o, const Show& show) {
  check_rate(o.lr, show);
  check_epsilon(o.eps, show);
  check_betas(o.betas, show);
  check_positive("weight_decay", o.weight_decay, show);
}
}  // namespace

void SGD::Options::validate(const Show& show) const {
  check_rate(lr, show);
  check_positive("momentum", momentum, show);
  check_positive("weight_decay", weight_decay, show);
  if (nesterov && (momentum <= 0 || dampening != 0))
    fail<ValueError>("Nesterov momentum requires a momentum and zero dampening");
}
template <bool decoupled> void AdamRule<decoupled>::Options::validate(const Show& show) const {
  check_adam(*this, show);
}
template struct AdamRule<false>;
template struct AdamRule<true>;
void RMSprop::Options::validate(const Show& show) const {
  check_rate(lr, show);
  check_epsilon(eps, show);
  check_positive("momentum", momentum, show);
  check_positive("weight_decay", weight_decay, show);
  check_positive("alpha", alpha, show);
}
void Adagrad::Options::validate(const Show& show) const {
  check_rate(lr, show);
  check_positive("lr_decay", lr_decay, show);
  check_positive("weight_decay", weight_decay, show);
  check_positive("initial_accumulator_value", initial_accumulator_value, show);
  check_epsilon(eps, show);
}
void Adadelta::Options::validate(const Show& show) const {
  check_rate(lr, show);
  if (!(rho >= 0 && rho <= 1)) fail<ValueError>("Invalid rho value: ", show(rho));
  check_epsilon(eps, show);
  check_positive("weight_decay", weight_decay, show);
}
void Adamax::Options::validate(const Show& show) const { check_adam(*this, show); }
void NAdam::Options::validate(const Show& show) const {
  check_adam(*this, show);
  check_positive("momentum_decay", momentum_decay, show);
}
void RAdam::Options::validate(const Show& show) const { check_adam(*this, show); }
void Rprop::Options::validate(const Show& show) const {
  check_rate(lr, show);
  if (!(etas[0] > 0 && etas[0] < 1 && etas[1] > 1))
    fail<ValueError>("Invalid eta values: ", show(etas[0]), ", ", show(etas[1]));
}
void ASGD::Options::validate(const Show& show) const {
  check_rate(lr, show);
  check_positive("weight_decay", weight_decay, show);
}

}  // namespace taeda::optim::rule
