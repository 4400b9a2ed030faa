// The rules: every optimizer's options, state and formula. See rule.h for the parts of a rule.
// Notation: p parameter, g gradient, s its state, c the numbers of the step.
#pragma once
#include <cmath>

#include "taeda/optim/rule.h"
#include "taeda/optim/values.h"

namespace taeda::optim::rule {

using std::pow, std::sqrt;

// Stochastic gradient descent with momentum; Nesterov's form after Sutskever et al. 2013.
struct TAEDA_API SGD {
  static constexpr std::string_view name = "SGD";
  struct Options {
    double lr = 1e-3, momentum = 0, dampening = 0, weight_decay = 0;
    bool nesterov = false, maximize = false;
    TAEDA_FIELDS(lr, momentum, dampening, weight_decay, nesterov, maximize)
    TAEDA_API void validate(const Show& show = {}) const;
  };
  static constexpr std::array<std::string_view, 1> state{"momentum_buffer"};
  static constexpr size_t scalars = 0;
  static bool keeps(size_t, const Options& o) { return o.momentum != 0; }

  template <class S> struct Step {
    S lr, momentum, gain, decay;
    bool nesterov, maximize, first;
    Step(const Options& o, Counters&, bool is_first) {
      lr = S(o.lr), momentum = S(o.momentum), gain = S(1 - o.dampening);
      decay = S(o.weight_decay), nesterov = o.nesterov, maximize = o.maximize, first = is_first;
    }
  };
  template <class V, class S> static void update(V& p, V g, V* s, const Step<S>& c) {
    g = detail::descent(g, p, c);
    if (c.momentum != 0) {
      s[0] = c.first ? g : V(c.momentum * s[0] + c.gain * g);
      g = c.nesterov ? V(g + c.momentum * s[0]) : s[0];
    }
    p = p - c.lr * g;
  }
};

// Adam (Kingma and Ba 2015), AMSGrad (Reddi et al. 2018); decoupled: AdamW (Loshchilov and Hutter
// 2019).
template <bool decoupled> struct TAEDA_API AdamRule {
  struct Options {
    double lr = 1e-3;
    Pair betas = {0.9, 0.999};
    double eps = 1e-8, weight_decay = decoupled ? 1e-2 : 0;
    bool amsgrad = false, maximize = false, decoupled_weight_decay = decoupled;
    TAEDA_FIELDS(lr, betas, eps, weight_decay, amsgrad, maximize, decoupled_weight_decay)
    TAEDA_API void validate(const Show& show = {}) const;
  };
  static constexpr std::array<std::string_view, 4> state{"step", "exp_avg", "exp_avg_sq",
                                                         "max_exp_avg_sq"};
  static constexpr size_t scalars = 1;
  static bool keeps(size_t i, const Options& o) { return i < 3 || o.amsgrad; }

  template <class S> struct Step {
    S rate, gain1, beta2, gain2, correction, eps, decay, shrink;
    bool amsgrad, maximize;
    Step(const Options& o, Counters& k, bool) {
      double t = k.count(), shrinking = o.decoupled_weight_decay ? o.weight_decay : 0;
      rate = S(o.lr / (1 - pow(o.betas[0], t)));
      gain1 = S(1 - o.betas[0]), beta2 = S(o.betas[1]), gain2 = S(1 - o.betas[1]);
      correction = S(1 / sqrt(1 - pow(o.betas[1], t))), eps = S(o.eps);
      decay = S(o.weight_decay - shrinking), shrink = S(1 - o.lr * shrinking);
      amsgrad = o.amsgrad, maximize = o.maximize;
    }
  };
  template <class V, class S> static void update(V& p, V g, V* s, const Step<S>& c) {
    if (c.shrink != 1) p = c.shrink * p;
    g = detail::descent(g, p, c);
    s[0] = s[0] + c.gain1 * (g - s[0]);
    s[1] = c.beta2 * s[1] + c.gain2 * g * g;
    if (c.amsgrad) s[2] = larger(s[2], s[1]);
    p = p - c.rate * s[0] / (root(c.amsgrad ? s[2] : s[1]) * c.correction + c.eps);
  }
};
struct TAEDA_API Adam : AdamRule<false> {
  static constexpr std::string_view name = "Adam";
};
struct TAEDA_API AdamW : AdamRule<true> {
  static constexpr std::string_view name = "AdamW";
};

// RMSprop (Hinton, lecture 6 of Neural Networks for Machine Learning, 2012); centered: Graves 2013.
struct TAEDA_API RMSprop {
  static constexpr std::string_view name = "RMSprop";
  struct Options {
    double lr = 1e-2, alpha = 0.99, eps = 1e-8, weight_decay = 0, momentum = 0;
    bool centered = false, maximize = false;
    TAEDA_FIELDS(lr, alpha, eps, weight_decay, momentum, centered, maximize)
    TAEDA_API void validate(const Show& show = {}) const;
  };
  static constexpr std::array<std::string_view, 4> state{"step", "square_avg", "momentum_buffer",
                                                         "grad_avg"};
  static constexpr size_t scalars = 1;
  static bool keeps(size_t i, const Options& o) {
    return i < 2 || (i == 2 ? o.momentum > 0 : o.centered);
  }

  template <class S> struct Step {
    S lr, alpha, gain, eps, momentum, decay;
    bool centered, maximize;
    Step(const Options& o, Counters& k, bool) {
      k.count();
      lr = S(o.lr), alpha = S(o.alpha), gain = S(1 - o.alpha), eps = S(o.eps);
      momentum = S(o.momentum), decay = S(o.weight_decay), centered = o.centered;
      maximize = o.maximize;
    }
  };
  template <class V, class S> static void update(V& p, V g, V* s, const Step<S>& c) {
    g = detail::descent(g, p, c);
    V& square = s[0];
    square = c.alpha * square + c.gain * g * g;
    if (c.centered) s[2] = s[2] + c.gain * (g - s[2]);
    V spread = root(c.centered ? V(square - s[2] * s[2]) : square) + c.eps;
    if (c.momentum > 0) {
      s[1] = c.momentum * s[1] + g / spread;
      p = p - c.lr * s[1];
    } else {
      p = p - c.lr * g / spread;
    }
  }
};

// Adagrad (Duchi, Hazan and Singer 2011).
struct TAEDA_API Adagrad {
  static constexpr std::string_view name = "Adagrad";
  struct Options {
    double lr = 1e-2, lr_decay = 0, weight_decay = 0, initial_accumulator_value = 0, eps = 1e-10;
    bool maximize = false;
    TAEDA_FIELDS(lr, lr_decay, weight_decay, initial_accumulator_value, eps, maximize)
    TAEDA_API void validate(const Show& show = {}) const;
  };
  static constexpr std::array<std::string_view, 2> state{"step", "sum"};
  static constexpr size_t scalars = 1;
  static double initial(size_t i, const Options& o) {
    return i == 1 ? o.initial_accumulator_value : 0;
  }

  template <class S> struct Step {
    S rate, eps, decay;
    bool maximize;
    Step(const Options& o, Counters& k, bool) {
      rate = S(o.lr / (1 + (k.count() - 1) * o.lr_decay)), eps = S(o.eps);
      decay = S(o.weight_decay), maximize = o.maximize;
    }
  };
  template <class V, class S> static void update(V& p, V g, V* s, const Step<S>& c) {
    g = detail::descent(g, p, c);
    s[0] = s[0] + g * g;
    p = p - c.rate * g / (root(s[0]) + c.eps);
  }
};

// Adadelta (Zeiler 2012).
struct TAEDA_API Adadelta {
  static constexpr std::string_view name = "Adadelta";
  struct Options {
    double lr = 1, rho = 0.9, eps = 1e-6, weight_decay = 0;
    bool maximize = false;
    TAEDA_FIELDS(lr, rho, eps, weight_decay, maximize)
    TAEDA_API void validate(const Show& show = {}) const;
  };
  static constexpr std::array<std::string_view, 3> state{"step", "square_avg", "acc_delta"};
  static constexpr size_t scalars = 1;

  template <class S> struct Step {
    S lr, rho, gain, eps, decay;
    bool maximize;
    Step(const Options& o, Counters& k, bool) {
      k.count();
      lr = S(o.lr), rho = S(o.rho), gain = S(1 - o.rho), eps = S(o.eps);
      decay = S(o.weight_decay), maximize = o.maximize;
    }
  };
  template <class V, class S> static void update(V& p, V g, V* s, const Step<S>& c) {
    g = detail::descent(g, p, c);
    s[0] = c.rho * s[0] + c.gain * g * g;
    V delta = root(s[1] + c.eps) / root(s[0] + c.eps) * g;
    s[1] = c.rho * s[1] + c.gain * delta * delta;
    p = p - c.lr * delta;
  }
};

// Adamax (Kingma and Ba 2015, section 7): Adam with the infinity norm.
struct TAEDA_API Adamax {
  static constexpr std::string_view name = "Adamax";
  struct Options {
    double lr = 2e-3;
    Pair betas = {0.9, 0.999};
    double eps = 1e-8, weight_decay = 0;
    bool maximize = false;
    TAEDA_FIELDS(lr, betas, eps, weight_decay, maximize)
    TAEDA_API void validate(const Show& show = {}) const;
  };
  static constexpr std::array<std::string_view, 3> state{"step", "exp_avg", "exp_inf"};
  static constexpr size_t scalars = 1;

  template <class S> struct Step {
    S rate, gain1, beta2, eps, decay;
    bool maximize;
    Step(const Options& o, Counters& k, bool) {
      rate = S(o.lr / (1 - pow(o.betas[0], k.count()))), gain1 = S(1 - o.betas[0]);
      beta2 = S(o.betas[1]), eps = S(o.eps), decay = S(o.weight_decay), maximize = o.maximize;
    }
  };
  template <class V, class S> static void update(V& p, V g, V* s, const Step<S>& c) {
    g = detail::descent(g, p, c);
    s[0] = s[0] + c.gain1 * (g - s[0]);
    s[1] = larger(V(c.beta2 * s[1]), V(magnitude(g) + c.eps));
    p = p - c.rate * s[0] / s[1];
  }
};

// NAdam (Dozat 2016): Adam with Nesterov momentum and the paper's momentum schedule.
struct TAEDA_API NAdam {
  static constexpr std::string_view name = "NAdam";
  struct Options {
    double lr = 2e-3;
    Pair betas = {0.9, 0.999};
    double eps = 1e-8, weight_decay = 0, momentum_decay = 4e-3;
    bool decoupled_weight_decay = false, maximize = false;
    TAEDA_FIELDS(lr, betas, eps, weight_decay, momentum_decay, decoupled_weight_decay, maximize)
    TAEDA_API void validate(const Show& show = {}) const;
  };
  static constexpr std::array<std::string_view, 4> state{"step", "mu_product", "exp_avg",
                                                         "exp_avg_sq"};
  static constexpr size_t scalars = 2;
  static double initial(size_t i, const Options&) { return i == 1 ? 1 : 0; }

  template <class S> struct Step {
    S rate, rate_next, gain1, beta2, gain2, correction, eps, decay, shrink;
    bool maximize;
    Step(const Options& o, Counters& k, bool) {
      double t = k.count(), shrinking = o.decoupled_weight_decay ? o.weight_decay : 0;
      auto mu = [&](double at) {
        return o.betas[0] * (1 - 0.5 * pow(0.96, at * o.momentum_decay));
      };
      double product = k.set(1, k[1] * k.rounded(mu(t))), next = mu(t + 1);
      rate = S(o.lr * (1 - mu(t)) / (1 - product));
      rate_next = S(o.lr * next / (1 - product * next));
      gain1 = S(1 - o.betas[0]), beta2 = S(o.betas[1]), gain2 = S(1 - o.betas[1]);
      correction = S(1 - pow(o.betas[1], t)), eps = S(o.eps);
      decay = S(o.weight_decay - shrinking), shrink = S(1 - o.lr * shrinking);
      maximize = o.maximize;
    }
  };
  template <class V, class S> static void update(V& p, V g, V* s, const Step<S>& c) {
    if (c.shrink != 1) p = c.shrink * p;
    g = detail::descent(g, p, c);
    s[0] = s[0] + c.gain1 * (g - s[0]);
    s[1] = c.beta2 * s[1] + c.gain2 * g * g;
    V spread = root(V(s[1] / c.correction)) + c.eps;
    p = p - c.rate * g / spread - c.rate_next * s[0] / spread;
  }
};

// RAdam (Liu et al. 2020): Adam whose adaptive rate is rectified for its variance in the first
// steps.
struct TAEDA_API RAdam {
  static constexpr std::string_view name = "RAdam";
  struct Options {
    double lr = 1e-3;
    Pair betas = {0.9, 0.999};
    double eps = 1e-8, weight_decay = 0;
    bool decoupled_weight_decay = false, maximize = false;
    TAEDA_FIELDS(lr, betas, eps, weight_decay, decoupled_weight_decay, maximize)
    TAEDA_API void validate(const Show& show = {}) const;
  };
  static constexpr std::array<std::string_view, 3> state{"step", "exp_avg", "exp_avg_sq"};
  static constexpr size_t scalars = 1;

  template <class S> struct Step {
    S lr, correction, rectified, gain1, beta2, gain2, eps, decay, shrink;  // rectified: 0, not yet
    bool maximize;
    Step(const Options& o, Counters& k, bool) {
      double t = k.count(), shrinking = o.decoupled_weight_decay ? o.weight_decay : 0;
      double power = pow(o.betas[1], t), limit = 2 / (1 - o.betas[1]) - 1;
      double length = limit - 2 * t * power / (1 - power);  // of the average that Adam's equals
      rectified = length > 5 ? S(sqrt((length - 4) * (length - 2) * limit * (1 - power) /
                                      ((limit - 4) * (limit - 2) * length)))
                             : S(0);
      lr = S(o.lr), correction = S(1 - pow(o.betas[0], t));
      gain1 = S(1 - o.betas[0]), beta2 = S(o.betas[1]), gain2 = S(1 - o.betas[1]), eps = S(o.eps);
      decay = S(o.weight_decay - shrinking), shrink = S(1 - o.lr * shrinking);
      maximize = o.maximize;
    }
  };
  template <class V, class S> static void update(V& p, V g, V* s, const Step<S>& c) {
    if (c.shrink != 1) p = c.shrink * p;
    g = detail::descent(g, p, c);
    s[0] = s[0] + c.gain1 * (g - s[0]);
    s[1] = c.beta2 * s[1] + c.gain2 * g * g;
    V move = c.lr * (s[0] / c.correction);
    p = p - (c.rectified != 0 ? V(c.rectified * move / (root(s[1]) + c.eps)) : move);
  }
};

// Rprop (Riedmiller and Braun 1993): the gradient's sign alone counts, each element has its own
// step.
struct TAEDA_API Rprop {
  static constexpr std::string_view name = "Rprop";
  struct Options {
    double lr = 1e-2;
    Pair etas = {0.5, 1.2}, step_sizes = {1e-6, 50};
    bool maximize = false;
    TAEDA_FIELDS(lr, etas, step_sizes, maximize)
    TAEDA_API void validate(const Show& show = {}) const;
  };
  static constexpr std::array<std::string_view, 3> state{"step", "prev", "step_size"};
  static constexpr size_t scalars = 1;
  static double initial(size_t i, const Options& o) { return i == 2 ? o.lr : 0; }

  template <class S> struct Step {
    S shorter, longer, least, most, decay = 0;
    bool maximize;
    Step(const Options& o, Counters& k, bool) {
      k.count();
      shorter = S(o.etas[0]), longer = S(o.etas[1]), least = S(o.step_sizes[0]);
      most = S(o.step_sizes[1]), maximize = o.maximize;
    }
  };
  template <class V, class S> static void update(V& p, V g, V* s, const Step<S>& c) {
    g = detail::descent(g, p, c);
    V zero = constant(g, S(0)), one = constant(g, S(1)), turn = g * s[0];
    V factor =
        pick(turn > zero, constant(g, c.longer), pick(turn < zero, constant(g, c.shorter), one));
    V size = s[1] * factor, most = constant(g, c.most), least = constant(g, c.least);
    s[1] = pick(size > most, most, pick(size < least, least, size));
    s[0] = pick(turn < zero, zero, g);  // after a turn the element rests for one step
    p = p - s[1] * pick(s[0] > zero, one, pick(s[0] < zero, V(-one), zero));
  }
};

// Averaged stochastic gradient descent (Polyak and Juditsky 1992); the average is the state "ax".
struct TAEDA_API ASGD {
  static constexpr std::string_view name = "ASGD";
  struct Options {
    double lr = 1e-2, lambd = 1e-4, alpha = 0.75, t0 = 1e6, weight_decay = 0;
    bool maximize = false;
    TAEDA_FIELDS(lr, lambd, alpha, t0, weight_decay, maximize)
    TAEDA_API void validate(const Show& show = {}) const;
  };
  static constexpr std::array<std::string_view, 4> state{"step", "eta", "mu", "ax"};
  static constexpr size_t scalars = 3;
  static double initial(size_t i, const Options& o) { return i == 1 ? o.lr : i == 2 ? 1 : 0; }

  template <class S> struct Step {
    S rate, shrink, gain, decay;
    bool maximize;
    Step(const Options& o, Counters& k, bool) {
      rate = S(k[1]), shrink = S(1 - o.lambd * k[1]), gain = S(k[2]), decay = S(o.weight_decay);
      maximize = o.maximize;
      double t = k.count();
      k.set(1, o.lr / pow(1 + o.lambd * o.lr * t, o.alpha));
      k.set(2, 1 / std::max(1.0, t - o.t0));
    }
  };
  template <class V, class S> static void update(V& p, V g, V* s, const Step<S>& c) {
    g = detail::descent(g, p, c);
    p = c.shrink * p - c.rate * g;
    s[0] = c.gain == 1 ? p : V(s[0] + c.gain * (p - s[0]));
  }
};

}  // namespace taeda::optim::rule

// TAEDA_RULES(X): every rule once.
#define TAEDA_RULES(X) \
  X(SGD)               \
  X(Adam) X(AdamW) X(RMSprop) X(Adagrad) X(Adadelta) X(Adamax) X(NAdam) X(RAdam) X(Rprop) X(ASGD)
