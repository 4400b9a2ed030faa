#include "taeda/optim/lbfgs.h"

#include <cmath>

#include "taeda/autograd/node.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"

namespace taeda::optim {

namespace {

double dot(const Tensor& a, const Tensor& b) { return (a * b).sum().item<double>(); }
// The greatest absolute value; NaN if there is one.
double greatest(const Tensor& x) {
  Tensor y = x.to(DType::float64).to(Device{}).contiguous();
  double most = 0;
  for (int64_t i = 0; i < y.numel(); i++) {
    double v = std::abs(y.data<double>()[i]);
    if (std::isnan(v)) return v;
    most = std::max(most, v);
  }
  return most;
}

// The loss along a line: its value, gradient and slope.
struct Point {
  double at = 0, loss = 0;
  Tensor grad;
  double slope = 0;
};

// The parameters as one vector.
class Flat {
 public:
  Flat(const TensorList& params, const LBFGS::Closure& closure)
      : params_(params), closure_(closure), dtype_(params.at(0).dtype()) {
    for (const Tensor& p : params) {
      if (!is_floating(p.dtype()))
        fail<NotImplementedError>("LBFGS: parameters must be floating, but one is ", p.dtype());
      dtype_ = promote(dtype_, p.dtype());
      n_ += p.numel();
    }
  }
  Tensor gradient() const {
    Tensor out = empty({n_}, dtype_);
    each(out, [](const Tensor& p, const Tensor& part) {
      Tensor g = p.grad();
      if (g.defined()) part.copy_(g);
      else part.zero_();
    });
    return out;
  }
  void move(double t, const Tensor& d) const {
    each(d, [&](const Tensor& p, const Tensor& part) { p.add_(part, {.alpha = Scalar(t)}); });
  }
  TensorList values() const {
    TensorList out;
    for (const Tensor& p : params_) out.push_back(p.clone());
    return out;
  }
  void set(const TensorList& values) const {
    for (size_t i = 0; i < params_.size(); i++) params_[i].copy_(values[i]);
  }
  Tensor evaluate() const {
    GradMode on(true);
    return closure_();
  }
  // The loss at t along d from where the parameters are; they stay there.
  Point look(double t, const Tensor& d) const {
    TensorList here = values();
    move(t, d);
    Point p{t, evaluate().item<double>(), gradient(), 0};
    p.slope = dot(p.grad, d);
    set(here);
    return p;
  }

 private:
  // f(parameter, its part of a vector, in its shape)
  template <class F> void each(const Tensor& vector, F f) const {
    int64_t at = 0;
    for (const Tensor& p : params_) {
      f(p, alias(vector, {p.sizes(), contiguous_strides(p.sizes()), vector->offset + at}));
      at += p.numel();
    }
  }
  const TensorList& params_;
  const LBFGS::Closure& closure_;
  DType dtype_;
  int64_t n_ = 0;
};

// Where the cubic through two points with their slopes is least, within [low, high].
double cubic_minimum(const Point& a, const Point& b, double low, double high) {
  double d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.at - b.at);
  double square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const Point &left = a.at <= b.at ? a : b, &right = a.at <= b.at ? b : a;
  double d2 = std::sqrt(square);
  double least = right.at - (right.at - left.at) *
                                ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return std::min(std::max(least, low), high);
}

constexpr double kDecrease = 1e-4, kCurvature = 0.9;  // c1 and c2 of the Wolfe conditions
constexpr int kMaxSearch = 25;

// Where along d, from `start` (at 0), the strong Wolfe conditions hold. First the step grows until
// it has gone too far, then the bracket shrinks.
Point search(const Flat& flat, const Point& start, double t, const Tensor& d, double tolerance,
             int64_t& evaluations) {
  auto look = [&](double at) { return evaluations++, flat.look(at, d); };
  auto too_high = [&](const Point& p) {
    return p.loss > start.loss + kDecrease * p.at * start.slope;
  };
  auto flat_enough = [&](const Point& p) { return std::abs(p.slope) <= -kCurvature * start.slope; };
  double length = greatest(d);
  Point before = start, now = look(t), ends[2];
  int tries = 0;
  bool found = false;
  for (; tries < kMaxSearch; tries++) {
    if (too_high(now) || (tries > 1 && now.loss >= before.loss)) break;
    if (flat_enough(now)) return now;
    if (now.slope >= 0) break;
    double next = cubic_minimum(before, now, now.at + 0.01 * (now.at - before.at), now.at * 10);
    before = std::move(now);
    now = look(next);
  }
  ends[0] = tries == kMaxSearch ? start : before;
  ends[1] = now;

  int low = ends[0].loss <= ends[1].loss ? 0 : 1;
  bool stuck = false;
  while (!found && tries < kMaxSearch) {
    double left = std::min(ends[0].at, ends[1].at), right = std::max(ends[0].at, ends[1].at);
    if ((right - left) * length < tolerance) break;
    double at = cubic_minimum(ends[0], ends[1], left, right), margin = 0.1 * (right - left);
    // Twice near the same end: stay away from it.
    if (std::min(right - at, at - left) < margin) {
      if (stuck || at >= right || at <= left) {
        at = std::abs(at - right) < std::abs(at - left) ? right - margin : left + margin;
        stuck = false;
      } else {
        stuck = true;
      }
    } else {
      stuck = false;
    }
    Point p = look(at);
    tries++;
    if (too_high(p) || p.loss >= ends[low].loss) {
      ends[1 - low] = std::move(p);
      low = ends[0].loss <= ends[1].loss ? 0 : 1;
    } else {
      found = flat_enough(p);
      if (!found && p.slope * (ends[1 - low].at - ends[low].at) >= 0) ends[1 - low] = ends[low];
      ends[low] = std::move(p);
    }
  }
  return ends[low];
}

// The direction of descent: minus the gradient times the guess of the inverse Hessian.
Tensor direction(const Tensor& grad, int64_t history, LBFGS::State& s) {
  // Numbers have the vectors' precision, so that a checkpoint keeps them exactly as tensors.
  auto rounded = [&](double x) { return grad.dtype() == DType::float32 ? double(float(x)) : x; };
  Tensor y = grad - s.prev_flat_grad, step = s.d * s.t;
  double ys = dot(y, step);
  if (ys > 1e-10) {
    if (int64_t(s.old_dirs.size()) == history)
      s.old_dirs.pop_front(), s.old_stps.pop_front(), s.ro.pop_front();
    s.H_diag = rounded(ys / dot(y, y));
    s.old_dirs.push_back(std::move(y)), s.old_stps.push_back(std::move(step));
    s.ro.push_back(rounded(1 / ys));
  }
  size_t n = s.old_dirs.size();
  s.al.assign(n, 0);
  Tensor q = -grad;
  for (size_t i = n; i-- > 0;) {
    s.al[i] = rounded(dot(s.old_stps[i], q) * s.ro[i]);
    q.add_(s.old_dirs[i], {.alpha = Scalar(-s.al[i])});
  }
  q.mul_(Scalar(s.H_diag));
  for (size_t i = 0; i < n; i++) {
    double b = dot(s.old_dirs[i], q) * s.ro[i];
    q.add_(s.old_stps[i], {.alpha = Scalar(s.al[i] - b)});
  }
  return q;
}

}  // namespace

void LBFGS::Options::validate(const Show& show) const {
  if (!(lr >= 0)) fail<ValueError>("Invalid learning rate: ", show(lr));
  if (history_size < 1)
    fail<ValueError>("LBFGS: history_size must be at least 1, but is ", history_size);
}

LBFGS::LBFGS(TensorList params) : LBFGS(std::move(params), Options()) {}
LBFGS::LBFGS(TensorList params, const Options& o) : options(o), params_(std::move(params)) {
  options.validate();
  if (params_.empty()) fail<ValueError>("optimizer got an empty parameter list");
  for (const Tensor& p : params_)
    if (!p.is_leaf()) fail<ValueError>("can't optimize a non-leaf Tensor");
}
Tensor LBFGS::step(const Closure& closure) { return lbfgs_step(params_, options, state_, closure); }
void LBFGS::zero_grad() const {
  for (const Tensor& p : params_) p.set_grad({});
}

Tensor lbfgs_step(const TensorList& params, const LBFGS::Options& o, LBFGS::State& s,
                  const LBFGS::Closure& closure) {
  NoGradGuard raw;
  Flat flat(params, closure);
  const int64_t max_eval = o.max_eval.value_or(o.max_iter * 5 / 4);
  Tensor first = flat.evaluate();
  Point now{0, first.item<double>(), flat.gradient(), 0};
  int64_t evaluations = 1;
  s.func_evals++;
  bool done = greatest(now.grad) <= o.tolerance_grad;

  for (int64_t i = 1; i <= o.max_iter && !done; i++) {
    s.n_iter++;
    if (s.n_iter == 1) {
      s.d = -now.grad;
      s.old_dirs.clear(), s.old_stps.clear(), s.ro.clear();
      s.H_diag = 1;
      s.t = std::min(1.0, 1 / now.grad.abs().sum().item<double>()) * o.lr;
    } else {
      s.d = direction(now.grad, o.history_size, s);
      s.t = o.lr;
    }
    s.prev_flat_grad = now.grad.clone();
    s.prev_loss = now.loss;
    now.slope = dot(now.grad, s.d);
    if (now.slope > -o.tolerance_change) break;

    int64_t before = evaluations;
    if (o.strong_wolfe) {
      now.at = 0;
      now = search(flat, now, s.t, s.d, o.tolerance_change, evaluations);
      s.t = now.at;
      flat.move(s.t, s.d);
    } else {
      flat.move(s.t, s.d);
      if (i != o.max_iter) {
        now.loss = flat.evaluate().item<double>();
        now.grad = flat.gradient();
        evaluations++;
      }
    }
    s.func_evals += evaluations - before;
    done = greatest(now.grad) <= o.tolerance_grad || evaluations >= max_eval ||
           greatest(s.d * s.t) <= o.tolerance_change ||
           std::abs(now.loss - s.prev_loss) < o.tolerance_change;
  }
  return first;
}

}  // namespace taeda::optim
